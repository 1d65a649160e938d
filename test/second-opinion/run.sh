#!/usr/bin/env bash
# Runs the contract suites of the AWS adapters against an implementation that others wrote. docs/stand-ins.md describes the comparison.
#   run.sh                          moto: installs it into ~/.cache/offair unless it is there, starts it, and stops it
#   run.sh --install                only installs it
#   run.sh NAME SERVICE=URL …       an implementation that is running; SERVICE is dynamodb, sqs, sns, s3, secretsmanager or eventbridge
set -euo pipefail
cd "$(dirname "$0")/../.."
readonly SERVICES=(dynamodb sqs sns s3 secretsmanager eventbridge)
readonly REQUIREMENTS=test/second-opinion/requirements.txt
python=$(command -v python3)
venv=${XDG_CACHE_HOME:-$HOME/.cache}/offair/moto-$({ "$python" --version && cat "$REQUIREMENTS"; } | sha256sum | cut -c1-16)

install_moto() {
  [ ! -e "$venv/complete" ] || return 0
  rm -rf "$venv"
  "$python" -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --requirement "$REQUIREMENTS"
  touch "$venv/complete"
}

files_of() {
  case $1 in
    dynamodb) echo test/aws/dynamodb/ test/aws/contract/dynamodb ;;
    sqs) echo test/aws/sqs/ test/aws/contract/sqs ;;
    sns) echo test/aws/contract/sns ;;
    s3) echo test/aws/s3-archive test/aws/contract/s3 ;;
    secretsmanager) echo test/aws/secrets-manager test/aws/contract/secrets-manager ;;
    eventbridge) echo test/aws/contract/eventbridge ;;
    *) echo "There is no service $1. The services are: ${SERVICES[*]}." >&2 && exit 2 ;;
  esac
}

# Stops the processes that it started, also if the suites fail or are interrupted.
started=()
output=$(mktemp)
trap 'kill "${started[@]}" 2>/dev/null || true; rm -f "$output"' EXIT
trap 'exit 143' INT TERM

if [ "${1:-}" = --install ]; then
  install_moto
  exit
fi
if [ $# = 0 ]; then
  install_moto
  "$venv/bin/python" test/second-opinion/moto_server.py >"$output" 2>&1 &
  started+=($!)
  for _ in {1..300}; do
    ! grep -q '^http' "$output" && kill -0 "${started[0]}" 2>/dev/null || break
    sleep 0.1
  done
  if ! url=$(grep '^http' "$output"); then
    cat "$output" >&2
    echo "moto did not start within 30 s: its output is above." >&2
    exit 1
  fi
  set -- moto "${SERVICES[@]/%/=$url}"
fi

[ $# -gt 1 ] || { echo "Name the URL of a service: dynamodb=http://127.0.0.1:8000." >&2 && exit 2; }
export OFFAIR_TEST_IMPLEMENTATION=$1 TEST_DEPTH=quick
files=()
for service in "${@:2}"; do
  name=${service%%=*}
  found=$(files_of "$name")
  read -ra found <<<"$found"
  files+=("${found[@]}")
  export "OFFAIR_TEST_${name^^}=${service#*=}"
done
node_modules/.bin/node node_modules/jest/bin/jest.js --selectProjects integration --showSeed "${files[@]}" &
started+=($!)
wait "${started[-1]}"
