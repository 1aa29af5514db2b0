export const REPORT_HELP = `
An agent stands on the highest level all of whose controls are shown: by the templates and Terraform that synth wrote, or by a receipt
that nobody changed. Below the scorecard stand the agents with their identities, permissions and findings.

Examples:
  $ agentic-iam report
  $ agentic-iam report cdk.out --receipts governance/receipts.json --html scorecard.html
  $ agentic-iam report --json > 2026-11.json && agentic-iam report --since 2026-11.json
  $ agentic-iam report --oscal results.json --csv matrix.csv --sarif scorecard.sarif

Exit codes:
  0  every agent is at the level its fleet is held to, and no finding is an error
  1  an agent is below that level, or there is a finding of severity error
  2  wrong use, or input that can not be read
`;

export const RECERTIFY_HELP = `
The receipt names a digest of the access: as soon as what the agent may do changes, its owner is asked again.

Example:
  $ agentic-iam recertify --agent invoice-reader --by finance-platform@example.com --receipts governance/receipts.json

Exit codes:
  0  written down
  2  wrong use: no such agent, somebody who does not own it, or input that can not be read
`;

export const PROMOTE_HELP = `
A false block is a detection that would have stopped the agent, and that nobody confirmed. Calls must be there for every one of the days,
or what did not happen proves nothing.

Examples:
  $ agentic-iam promote --check --agent invoice-reader --events logs/ --days 14
  $ agentic-iam promote --agent invoice-reader --events logs/ --confirmed confirmed.json --receipts governance/receipts.json

Exit codes:
  0  ready: armed containment would have stopped nothing that was wanted
  1  not ready: see why
  2  wrong use, or input that can not be read
`;
