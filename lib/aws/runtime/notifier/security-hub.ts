import { type AwsSecurityFinding, BatchImportFindingsCommand, type SecurityHubClient } from '@aws-sdk/client-securityhub';
import { alertBody } from '../../../core/alerts/plain-text';
import type { Detection } from '../../../core/detection/types';
import table from './asff.json';

/** Where findings go. */
export interface HubPlace {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/**
 * A detection as a finding. Its id is that of the behaviour, so that the same behaviour seen again updates the finding.
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/finding-update-batchimportfindings.html
 */
export function asffFinding(detection: Detection, { partition, region, account }: HubPlace, now: string): AwsSecurityFinding {
  const { agent, fleet, signal, rule, summary, severity, events } = detection;
  return {
    SchemaVersion: table.schemaVersion,
    Id: `agentic-iam/${fleet}/${agent}/${detection.fingerprint}`,
    ProductArn: `arn:${partition}:securityhub:${region}:${account}:product/${account}/default`,
    ProductName: 'agentic-iam',
    CompanyName: 'agentic-iam',
    GeneratorId: `agentic-iam/${signal}/${rule}`,
    AwsAccountId: account,
    Types: [table.types[signal]],
    CreatedAt: events[0]?.time ?? detection.time,
    UpdatedAt: now,
    LastObservedAt: detection.time,
    Severity: { Label: severity.toUpperCase() as 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL' },
    Confidence: detection.basis === 'exact' ? 99 : 60,
    Title: cut(`Agent ${agent}: ${signal} (${rule})`, table.title),
    Description: cut(`Agent ${agent} ${summary}.`, table.description),
    Remediation: {
      Recommendation: {
        Text: cut(
          alertBody(detection)
            .split('\n')
            .find((line) => line.startsWith('What to do:')) ?? '',
          table.recommendation,
        ),
      },
    },
    Resources: resourcesOf(detection, { partition, region }),
    ProductFields: {
      'agentic-iam/agent': agent,
      'agentic-iam/fleet': fleet,
      'agentic-iam/rule': rule,
      'agentic-iam/broke': cut(detection.broke, 1_000),
      'agentic-iam/response': detection.response,
      'agentic-iam/occurrence': detection.id,
      ...(detection.session === undefined ? {} : { 'agentic-iam/session': detection.session }),
      ...(detection.task === undefined ? {} : { 'agentic-iam/task': detection.task }),
    },
    RecordState: 'ACTIVE',
    Workflow: { Status: 'NEW' },
  };
}

/** The agent's role first, then what it acted on; at most as many as the format takes. */
function resourcesOf(detection: Detection, { partition, region }: Pick<HubPlace, 'partition' | 'region'>): AwsSecurityFinding['Resources'] {
  const acted = [...new Set(detection.events.flatMap(({ resources }) => resources))]
    .filter((id) => id !== detection.principal)
    .slice(0, 10);
  const where = { Partition: partition as 'aws', Region: region };
  return [
    {
      Type: 'AwsIamRole',
      Id: detection.principal,
      ...where,
      ...(detection.owner === undefined ? {} : { Tags: { owner: cut(detection.owner, 256) } }),
    },
    ...acted.map((Id) => ({ Type: 'Other', Id: cut(Id, 512), ...where })),
  ];
}

/** Findings that Security Hub refused. */
export class FindingsRefused extends Error {}

/** Imports findings; throws where one of them was refused, with its reason. */
export function hubSender(
  client: SecurityHubClient,
  place: HubPlace,
  now: () => Date,
): (detections: readonly Detection[]) => Promise<void> {
  return async (detections) => {
    // One behaviour once: a batch must not hold the same id twice.
    const latest = [...new Map(detections.map((detection) => [detection.fingerprint, detection])).values()];
    for (let from = 0; from < latest.length; from += table.batch) {
      const Findings = latest.slice(from, from + table.batch).map((detection) => asffFinding(detection, place, now().toISOString()));
      const { FailedCount = 0, FailedFindings = [] } = await client.send(new BatchImportFindingsCommand({ Findings }));
      if (FailedCount > 0) {
        const why = FailedFindings.map(({ Id, ErrorCode, ErrorMessage }) => `${Id}: ${ErrorCode} ${ErrorMessage}`).join('; ');
        throw new FindingsRefused(`Security Hub refused ${FailedCount} findings: ${why}`);
      }
    }
  };
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 3)}...`;
}
