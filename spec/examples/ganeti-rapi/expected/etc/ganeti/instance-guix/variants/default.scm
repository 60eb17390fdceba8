;; Variant "default" of the guix provider: the example that ganeti-instance-guix brings
;; along, a system with a serial console and an SSH server that lets in the keys of
;; this node's root.

(use-modules (srfi srfi-1))

(define places
  (map (lambda (prefix)
         (string-append prefix "/share/doc/ganeti-instance-guix/examples/dynamic.scm"))
       '("/usr/local" "/usr" "/run/current-system/profile")))

(let ((example (find file-exists? places)))
  (if example
      (load example)
      (error "ganeti-instance-guix is not installed, none of these files exists:" places)))
