#!/usr/bin/env bash
# Makes the pictures of the README anew from the demo's newest master and pack: `npm run demo`, then this with its folder.
set -eu
from=${1:?folder of statements, e.g. out/2026-10}
to=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

page() { # file, words that only its page has, picture
  local pdf=$work/$(basename "$1" .xlsx).pdf last n
  [ -f "$pdf" ] || soffice "-env:UserInstallation=file://$work/profile" --headless --convert-to pdf --outdir "$work" "$1" >/dev/null 2>&1
  last=$(pdfinfo "$pdf" | sed -n 's/^Pages: *//p')
  for n in $(seq 1 "$last"); do
    pdftotext -f "$n" -l "$n" "$pdf" - | grep -qxF "$2" || continue
    pdftoppm -r 95 -png -singlefile -f "$n" -l "$n" "$pdf" "$to/$3"
    return
  done
  echo "no page \"$2\" in $1" >&2
  return 1
}

master=$(ls "$from"/statements-*.xlsx | grep -E '/statements-[0-9-]{7}(-preliminary)?\.xlsx$')
page "$master" 'Contact center chargeback' summary
page "$master" 'Bridge from the last period' bridge
page "$master" 'Since the decision took effect' decisions
page "$(ls "$from"/statements-*RETAIL*.xlsx)" 'Chargeback statement: Retail & Sales' statement
