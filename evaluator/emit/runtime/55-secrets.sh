# ---- secrets: read once, before the first write, on the machine that runs this script
#
# Each is kept as a format for printf that consists of octal escapes, so that every byte of it
# lives through a variable: secret_K as it is, inline_K without its final line end. No program
# gets one as an argument or in its environment, and nothing here shows one.

_read_secrets() {
    [ "$secrets" = yes ] || return 0
    case $- in
    *x*)
        set +x
        _note 'tracing ends here: this configuration has secrets' ;;
    esac
    set +a
    command -v od >/dev/null 2>&1 || _end 69 'the tool od is missing'
    case $(command -V printf 2>/dev/null) in
    *built*) ;;
    *) _end 69 'this shell starts a program for printf, which would show secrets; use another' ;;
    esac
    needed=' '
    _each _need _table_askers
    _each _read _table_secrets
    [ "$refusal" != 0 ] || _each _sum _table_sealed
}

# What is written once needs its secret once: a file that is there already, or an account,
# does not ask for it again. Arguments: K, then nothing, a directory and a name, or a user
_need_asker() {
    case $# in
    3)
        _resolve "$2"
        if [ -z "$missing$blocked" ] && { [ -e "$root$at/$3" ] || [ -L "$root$at/$3" ]; }; then
            return 0
        fi ;;
    2)
        _entry "$shadow_text" "$2"
        [ -z "$line" ] || return 0 ;;
    esac
    needed="$needed$1 "
}

# Arguments: K SHOWN ASKED-BY WAY WORDS...
_read_secret() {
    case $needed in
    *" $1 "*) ;;
    *) return 0 ;;
    esac
    number=$1
    title=$2
    asked=$3
    way=$4
    shift 4
    _detail "reading the secret $title"
    case $way in
    command)
        command -v -- "$1" >/dev/null 2>&1 || {
            _no_secret "there is no program $1" 'install it on the machine that runs this script'
            return 0
        }
        _encode "$@"
        [ "$code" -eq 0 ] || {
            _no_secret "$1 ended with $code" 'it has to print the secret and end with 0'
            return 0
        } ;;
    *)
        place=$1
        [ "$way" = file ] || _find_named "$1" || return 0
        [ -e "$place" ] || {
            _no_secret "$place is missing" 'it has to be on the machine that runs this script'
            return 0
        }
        [ ! -d "$place" ] || {
            _no_secret "$place is a directory" 'it has to be a file'
            return 0
        }
        # a pipe that nobody writes to would be waited for, and most devices never end
        [ -f "$place" ] || {
            _no_secret "$place is a pipe or device" 'it has to be a file'
            return 0
        }
        _encode cat -- "$place" 2>/dev/null
        [ "$code" -eq 0 ] || {
            _no_secret "$place cannot be read" 'whoever runs this script has to be able to'
            return 0
        } ;;
    esac
    # asked first: shells are slow to find that a long text does not end so
    # shellcheck disable=SC2034 # used through eval
    case $octal in
    *'\012') inline=${octal%????} ;;
    *) inline=$octal ;;
    esac
    [ -n "$inline" ] || {
        _no_secret 'it is empty' 'a secret without content is no secret'
        return 0
    }
    eval "secret_$number=\$octal inline_$number=\$inline"
    octal=
    inline=
}

_no_secret() { _object 3 "$title is not to be had: $1; $2 (asked for by $asked)"; }

# Sets place to the file of a secret that goes by its name.
_find_named() {
    for folder in "$secret_folder" "$credentials"; do
        place=$folder/$1
        if [ -n "$folder" ] && [ -e "$place" ]; then return 0; fi
    done
    if [ -z "$secret_folder$credentials" ]; then
        _no_secret 'neither VCFG_SECRETS nor CREDENTIALS_DIRECTORY is set' \
            "name a directory with a file $1 in VCFG_SECRETS"
    else
        _no_secret "there is no file $1 in ${secret_folder:-$credentials}" \
            'VCFG_SECRETS names the directory, else CREDENTIALS_DIRECTORY does'
    fi
    return 1
}

# Sets octal to what a program prints, as escapes, and code to how it ended. Output goes
# through descriptor 4, the code through 3; the program has neither, nor the lock.
_encode() {
    octal=$({
        code=$({
            {
                (cd / && exec "$@" </dev/null 3>&- 4>&- 9<&-)
                printf %s "$?" >&3
            } | od -An -v -to1 >&4
        } 3>&1)
        exit "$code"
    } 4>&1)
    code=$?
    # shellcheck disable=SC2086 # one number for each byte
    [ -z "$octal" ] || octal=$(printf '\\%s' $octal)
}

# For the contents of files: a secret that is all there is, and one in the middle of a text.
_whole() { eval "printf \"\$secret_$1\""; }
_inline() { eval "printf \"\$inline_$1\""; }

# Argument: N. The hash of a file with secrets stands in its row.
_sum_sealed() {
    sum=$("_content_${1%?}" "$1" | sha256sum) || _end 1 'sha256sum failed'
    sum=${sum%% *}
    eval "sum_$1=\$sum"
}

# Snippets run in this shell, and have no business with secrets. Argument: K
_forget_secret() { unset "secret_$1" "inline_$1" shadow_text before_shadow text line hash rest; }

# Arguments: USER K. Puts the hash of a password into the entry of /etc/shadow; an entry that
# has it keeps its day.
_settle_password() {
    eval "hash=\${inline_$2-}"
    [ -n "$hash" ] || return 0
    hash=$(_inline "$2" && printf .)
    hash=${hash%.}
    case $hash in
    *[!./0123456789A-Za-z\$=,_+-]* | [!\$]*) hash= ;;
    \$?*\$?*) ;;
    *) hash= ;;
    esac
    [ -n "$hash" ] || {
        _object 3 "the password of $1 is no hash as crypt(5) writes it, such as" \
            "\`mkpasswd --method=yescrypt\` prints; a password itself is not taken"
        return 0
    }
    _entry "$shadow_text" "$1"
    [ -n "$line" ] || {
        _object 3 "user $1 has a password in /etc/passwd; \`pwconv\` moves it to /etc/shadow"
        return 0
    }
    rest=${line#*:}
    [ "${rest%%:*}" != "$hash" ] || return 0
    rest=${rest#*:}
    _replace_entry "$shadow_text" "$line" "$1:$hash:${day:-${rest%%:*}}:${rest#*:}"
    shadow_text=$text
    _announce "user $1 (password)"
}

# What --diff says about a file with secrets. Arguments: DIR NAME SHA
_diff_sealed() {
    _resolve "$1"
    old=-
    if [ -z "$missing$blocked" ] && _enter "$at" && [ ! -L "./$2" ] && [ -f "./$2" ]; then
        old=$(sha256sum -- "./$2" 2>/dev/null) || old=-
        old=${old#\\}
    fi
    [ "${old%% *}" = "$3" ] || _say "${1%/}/$2: secret content differs"
}
