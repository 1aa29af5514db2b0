/** Text below the options of `receipt`. */
export const RECEIPT_HELP = `
A receipt follows one task from what was asked for to how it ended: the template and its values, the policy that was issued, the
credential, the calls that were made with it, and when it expired or was revoked.

Outside of what was issued is each call of the task, refused or not, that
  the issued policy does not grant;                 was made after the credentials expired, or the task was revoked;
  was made with a credential the ledger lacks;      was made by a sub-agent that the task may not hand work to
Calls whose record does not hold what a condition asks for are listed as not decided, and do not count.

Examples:
  $ aws s3 sync s3://trail-bucket/AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/25 logs
  $ aws dynamodb query --table-name LedgerTable --key-condition-expression 'pk = :t' \\
      --expression-attribute-values '{":t":{"S":"invoice-reader@7f3a"}}' > ledger.json
  $ agentic-iam receipt --task invoice-reader@7f3a --events logs --ledger ledger.json

--events takes what CloudTrail writes (.json and .json.gz, folders with everything below), the output of
"aws cloudtrail lookup-events", and JSON Lines. CloudTrail delivers late and out of order; a task of the last 15 minutes may be
incomplete. Reads and writes of objects and rows are there only if the trail records data events.

Exit codes:
  0  no call of the task fell outside
  1  a call fell outside
  2  wrong use, a task that nothing is known of, or input that can not be read
`;
