#!/usr/bin/env bash
# From a clone to a running stack. Needs Python 3.11 or newer, nothing else.
# `./start-project.sh help` lists the verbs; what is not one of them goes to `cmi`.
set -euo pipefail

checkout="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"
environment="$checkout/.venv"
verb="${1:-start}"

find_python() {
    local candidate
    for candidate in "${PYTHON:-python3}" python3 python3.{14,13,12,11} /usr/bin/python3; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    echo "Python 3.11 or newer is not installed here; it is all that is needed to begin." >&2
    return 2
}

# The environment is good when its stamp tells the place, the kind and the lock file of today.
made_as() {
    { printf '%s\n%s\n' "$checkout" "$1"; cat "$checkout/requirements.lock"; } |
        cmp -s - "$environment/stamp" && [ -x "$environment/bin/python" ]
}

if ! made_as test && { [ "$verb" = test ] || ! made_as run; }; then
    case "$verb" in
        help | --help | -h | cleanup) ;; # these must not install anything first
        *)
            python="$(find_python)"
            PYTHONPATH="$checkout" PYTHONDONTWRITEBYTECODE=1 \
                "$python" -m deployments.local.environment "$verb"
            ;;
    esac
fi

if [ -x "$environment/bin/python" ]; then
    exec "$environment/bin/python" -m deployments.local "$@"
fi
PYTHONPATH="$checkout" PYTHONDONTWRITEBYTECODE=1 exec "$(find_python)" -m deployments.local "$@"
