#!/usr/bin/env bash
# Asks for the status of a report: OFFAIR_REPORTS_URL=https://…/reports/standard OFFAIR_SECRET=whsec_… ./ask-status.sh ID
# For ids of letters, digits, - _ . ~ only; others have to be percent-encoded in the path, as in the header Location of the 202.
# The key is visible to other users in the process list.
set -euo pipefail

id="$1"
timestamp=$(date +%s)
key=$(printf %s "${OFFAIR_SECRET#whsec_}" | openssl base64 -d -A | od -An -vtx1 | tr -d ' \n')
signature=$(printf %s "$id.$timestamp." | openssl dgst -sha256 -mac hmac -macopt "hexkey:$key" -binary | openssl base64 -A)

curl --silent --show-error --fail-with-body --write-out ' %{http_code}\n' "$OFFAIR_REPORTS_URL/$id" \
  -H "webhook-id: $id" -H "webhook-timestamp: $timestamp" -H "webhook-signature: v1,$signature"
