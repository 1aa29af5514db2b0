/** Texts below the lists of options: examples and exit codes. */

const EXIT_CODES = `
Exit codes:
  0  done, and nothing to act on
  1  something to act on: see each command
  2  wrong use, or input that can not be read; nothing was judged`;

export const MAIN_HELP = `
Examples:
  $ agentic-iam review                          what cdk synth and cdktf synth wrote here
  $ agentic-iam review template.json --json     one template, for other programs
  $ agentic-iam diff main/cdk.out cdk.out       what a pull request changes
  $ agentic-iam test access.jsonl               expectations, checked like unit tests
  $ agentic-iam receipt --task reader@7f3a --events logs --ledger ledger.json
                                                what one task was given, and what it did
  $ agentic-iam replay --events logs            what the detector would have found
  $ agentic-iam draft --from logs --principal arn:aws:iam::111122223333:role/reader
                                                a first declaration of an agent that is there already

All is decided on this machine, from files. Only contain, status, restore and drill ask the responder of a fleet.
"agentic-iam help <command>" tells more about each.
${EXIT_CODES}
`;

export const REVIEW_HELP = `
What it reads, told apart by content:
  a folder of cdk synth or cdktf synth, with nested stacks and stages; a CloudFormation template (JSON);
  terraform show -json of a plan or state; a cdk.tf.json; account details; a list of resources

Examples:
  $ cdk synth --quiet && agentic-iam review
  $ agentic-iam review --html review.html --sarif review.sarif
  $ terraform show -json plan.out | agentic-iam review -
  $ aws iam get-account-authorization-details > account.json
  $ agentic-iam review --account-details account.json --principal arn:aws:iam::111122223333:role/reader
  $ agentic-iam review cdk.out --account-details account.json --resources resources.jsonl

With --account-details, what is already in the account counts as a way to more access. --resources says which role a resource
runs as and what its own policy is: {"arn":"arn:aws:lambda:...:function:pay","role":"arn:aws:iam::...:role/pay","policy":{...}}
Where account details are given and no path, only these are read. Findings that the app acknowledges are told and not counted.

Exit codes:
  0  no finding of severity error
  1  a finding of severity error
  2  wrong use, or input that can not be read
`;

export const DIFF_HELP = `
Access is compared, not text: a policy that says the same in other words is no change. --account-details and --resources count
on both sides. A saved "review --json" is refused: it holds answers, not the policies that give them.

Examples:
  $ agentic-iam diff main/cdk.out cdk.out
  $ agentic-iam diff base.template.json head.template.json --markdown comment.md
  $ agentic-iam diff main/cdk.out cdk.out --allow wanted.json

A list of wanted access; * and ? are wildcards, and each entry needs a reason:
  [{"principal":"invoice-reader","action":"s3:GetObject","resource":"arn:aws:s3:::archive/*","reason":"reads last year, too"},
   {"principal":"deployer","to":"admin","reason":"it deploys the account itself"}]
"to" allows a path: admin, principal, credentials or resource; or what comes within reach because somebody else gained
access: reach. "unknown" allows what could not be understood.
Entries that nothing needs are named.

Exit codes:
  0  no new access, or all of it is allowed by the list
  1  new access, a new path, or something new that could not be understood
  2  wrong use, or input that can not be read
`;

export const TEST_HELP = `
An expectation is a request and what must become of it:
  {"principal":"invoice-reader","action":"s3:GetObject","resource":"arn:aws:s3:::invoices/a","expect":"allowed"}
  {"principal":"arn:aws:iam::111122223333:role/x","action":"iam:PassRole","resource":"*","expect":"denied"}
  {"principal":"x","action":"s3:GetObject","resource":"arn:aws:s3:::a/b","context":{"aws:SourceIp":"10.0.0.1"},"expect":"allowed"}
"principal" is an id, the name of an agent, or a name that one principal has. References of a template are written as
reports show them: "\${Bucket.Arn}/a". Condition keys that the context does not give are absent, but for those that every
request has: it is encrypted, and sent to the region of the resource or of the principal's stack.
"expect" is allowed, denied (either way), explicitly-denied, implicitly-denied, or depends (with keys that are not given unknown).

Examples:
  $ agentic-iam test access.jsonl
  $ agentic-iam test access.jsonl --in template.json
  $ agentic-iam test access.jsonl --account-details account.json --resources resources.jsonl --json

Exit codes:
  0  everything is as expected
  1  something is not
  2  wrong use, a line that is not understood, or input that can not be read
`;
