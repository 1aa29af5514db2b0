export const REPLAY_HELP = `
Compares every recorded call of an agent with what the agent declared, as the detector does once it is deployed: calls that were never
granted, steps towards more access, orders that no workflow allows, resources and regions outside the scope, and too many calls.
Nothing is sent anywhere, and nothing is stopped.

Events are CloudTrail's log files as they lie in its bucket (.json.gz), output of "aws cloudtrail lookup-events", "gcloud logging read --format json" or
"az monitor log-analytics query -o json", what a sink or a diagnostic setting wrote to a bucket, or JSON Lines: logs of all clouds may lie in one folder.
--manifest takes a folder that synth wrote, a manifest, a registry (see "agentic-iam draft"), or the output of
  aws ssm get-parameters-by-path --recursive --path /agentic-iam/FLEET/watch
which knows the names that only deployment gives. Files are read one record at a time, so that their size does not matter.

Examples:
  $ aws s3 sync s3://trail-bucket/AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11 logs
  $ agentic-iam replay --events logs
  $ agentic-iam replay --events logs --manifest registry.json --min-severity high
  $ agentic-iam replay --events logs --lines | jq -r .summary

Exit codes:
  0  nothing detected
  1  something detected, at or above --min-severity
  2  wrong use, or input that can not be read
`;

export const DRAFT_HELP = `
Makes a first declaration of an agent that is there already, from what it was seen to do, for a person to prune. Whatever the logs
hold is taken for wanted: read each line before you use it, and what was guessed is said.

Writes two files to --out: spec.json, for AgentSpec.fromJson and the constructs, with everything that the vocabulary has a capability
for; and registry.json, for "agentic-iam replay", with every action.

Examples:
  $ agentic-iam draft --from logs --principal arn:aws:iam::111122223333:role/reader
  $ agentic-iam replay --events newer-logs --manifest agentic-iam-draft/registry.json

Exit codes:
  0  done
  2  wrong use, input that can not be read, or no call of that principal
`;

export const ALERTS_HELP = `
One alert for each signal and fleet, over the findings that AlertTarget.splunk() and AlertTarget.datadog() deliver. Each tells of an agent
once an hour at most, however often it goes on.

Examples:
  $ agentic-iam alerts --for splunk --out app/local      writes savedsearches.conf
  $ agentic-iam alerts --for datadog | jq -c '.[]' | while read -r one; do curl -X POST ... -d "$one"; done

Exit codes:
  0  done
  2  wrong use, or no manifest
`;
