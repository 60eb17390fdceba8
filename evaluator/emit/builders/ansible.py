"""Ansible: a playbook that asks the script what would change, and runs it where something would.

`script` brings the script and needs no Python on the machine. The question is asked in Ansible's
check mode, too, so that `--check` says what would come. Secrets that go by a name are brought as
files for the time of the run; their names are read from manifest.json when the playbook runs, so
that no text of a configuration stands in it. Sources: https://docs.ansible.com/ansible-core/,
`ansible.builtin.script`, "Validating tasks: check mode and diff mode"; ansible-core 2.14.
"""

from __future__ import annotations

import re

from evaluator.emit.outputs import Adapted, Output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.emit.outputs import Built

#: A name that is no pattern to Ansible, and nothing to YAML and Jinja.
HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

PLAYBOOK = """\
# Configures machines by a script of vcfg, `activate`@WHERE@.
- name: Configure by vcfg
  hosts: @HOSTS@
  gather_facts: false
  become: true
  vars:
    # --inside where the connection is one into a chroot
    vcfg_options: --live
    # The folder of secrets that go by a name, on the machine that runs Ansible
    vcfg_secrets: "{{ playbook_dir }}/secrets"
    vcfg_folder: "{{ playbook_dir }}@FOLDER@"
    vcfg_command: "{{ (vcfg_folder ~ '/activate') | quote }} {{ vcfg_options }}"
    vcfg_manifest: >-
      {{ lookup('ansible.builtin.file', vcfg_folder ~ '/manifest.json') | from_json }}
    vcfg_names: >-
      {{ vcfg_manifest.secrets | map(attribute='name', default='') | select | list }}
  tasks:
    - name: Configure
      block:
        - name: Make a place for secrets
          ansible.builtin.tempfile:
            state: directory
            path: /dev/shm
          register: vcfg_place
          changed_when: false
          check_mode: false
          when: vcfg_names | length > 0
        - name: Bring secrets
          ansible.builtin.copy:
            src: "{{ vcfg_secrets }}/{{ item }}"
            dest: "{{ vcfg_place.path }}/{{ item }}"
            mode: "0600"
          loop: "{{ vcfg_names }}"
          changed_when: false
          check_mode: false
          diff: false
          no_log: true
        - name: Ask what would change
          ansible.builtin.script:
            cmd: "{{ vcfg_command }} --check"
            executable: /bin/sh
          environment:
            VCFG_SECRETS: "{{ vcfg_place.path | default('') }}"
          register: vcfg_asked
          changed_when: ansible_check_mode and vcfg_asked.rc == 2
          failed_when: vcfg_asked.rc not in [0, 2]
          check_mode: false
        - name: Change it
          ansible.builtin.script:
            cmd: "{{ vcfg_command }}"
            executable: /bin/sh
          environment:
            VCFG_SECRETS: "{{ vcfg_place.path | default('') }}"
          when: vcfg_asked.rc == 2
      always:
        - name: Take secrets away
          ansible.builtin.file:
            path: "{{ vcfg_place.path }}"
            state: absent
          changed_when: false
          check_mode: false
          diff: false
          when: vcfg_place.path is defined
"""


def adapt(built: Built) -> Adapted:
    """The playbook; one for all hosts of a fleet, which have folders by their names."""
    where, folder = " beside this file", ""
    if built.is_fleet:
        where, folder = " in the folder that has a machine's name", "/{{ inventory_hostname }}"
    hosts = "all" if built.is_fleet else _hosts(built.plan["host"])
    text = PLAYBOOK.replace("@WHERE@", where).replace("@FOLDER@", folder)
    text = text.replace("@HOSTS@", hosts)
    return Adapted({"playbook.yml": Output(text)}, _usage, is_shared=True)


def _hosts(name: str) -> str:
    """Whom a script that is made for one machine is for, unless `-e vcfg_hosts=…` says more."""
    if not HOST.fullmatch(name):
        return "all"
    return f"\"{{{{ vcfg_hosts | default('{name}') }}}}\""


def _usage(folder: str) -> str:
    return f"ansible-playbook -i inventory {folder}/playbook.yml"
