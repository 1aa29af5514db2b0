import { Construct } from 'constructs';
import type { FleetMember } from '../../../core/fleet';
import { gcpWatched } from '../../../events/gcp/watched';
import { Lazy, resolveTokens } from '../../../terraform/core';
import {
  BigqueryDatasetIamMember,
  DataGoogleProject,
  LoggingLinkedDataset,
  type LoggingProjectBucketConfig,
  MonitoringAlertPolicy,
} from '../../../terraform/google';
import type { IAgentIdentity } from '../../agent-identity';
import facts from '../../catalog/monitoring.json';
import { viewOf } from './google-sql';
import { fleetName } from './names';
import { orderQuery } from './order-query';

const { account, role } = facts.sqlAlertAgent;

export interface OrderAlertsProps {
  readonly fleet: string;
  readonly project: string;
  /** Where calls are kept. */
  readonly bucket: LoggingProjectBucketConfig;
  /** Ids of the channels that are told. */
  readonly channels: readonly string[];
}

/**
 * Alerts on the order of an agent's calls, asked of the log itself and without the detector; and what BigQuery needs to read that log: a dataset that is linked to
 * its bucket, which the account of Monitoring may read.
 * @see https://docs.cloud.google.com/logging/docs/analyze/sql-in-alerting
 */
export class OrderAlerts extends Construct {
  private readonly mayRead: BigqueryDatasetIamMember;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: OrderAlertsProps,
  ) {
    super(scope, id);
    const { fleet, project, bucket } = props;
    const link = new LoggingLinkedDataset(this, 'Link', {
      bucket: bucket.id,
      // A dataset takes no hyphens, and a fleet no underscores.
      linkId: fleetName(fleet, 'calls').replace(/-/g, '_'),
      description: `Calls of the agents of fleet ${fleet}, for alerts on their order`,
    });
    const { number } = new DataGoogleProject(this, 'Project', { projectId: project });
    this.mayRead = new BigqueryDatasetIamMember(this, 'MayRead', {
      project,
      datasetId: link.linkId,
      role,
      member: `serviceAccount:${account.replace('{number}', number)}`,
    });
  }

  /** Of an agent that declares workflows; any other has no order. */
  add(identity: IAgentIdentity, member: FleetMember): void {
    const { agent, fleet } = identity;
    if (agent.workflows.length === 0) return;
    const { project, channels } = this.props;
    new MonitoringAlertPolicy(this, agent.name, {
      project,
      displayName: `Agent ${agent.name} of fleet ${fleet}: an order of calls that no workflow allows`,
      combiner: 'OR',
      conditions: [
        {
          displayName: 'a call where no workflow allows it',
          conditionSql: {
            query: Lazy.stringValue({ produce: () => this.query(identity, member) }),
            minutes: { periodicity: facts.sqlAlert.everyMinutes },
            rowCountTest: { comparison: 'COMPARISON_GT', threshold: 0 },
          },
        },
      ],
      alertStrategy: { autoClose: '86400s' },
      notificationChannels: [...channels],
      dependsOn: [this.mayRead],
    });
    this.node.addValidation({ validate: () => this.problems(identity, member) });
  }

  private query(identity: IAgentIdentity, member: FleetMember): string {
    const text = (value: string): string => String(resolveTokens(this, value));
    const { fleet, project } = this.props;
    const view = viewOf({ project: text(project), location: 'global', bucket: fleetName(fleet, 'calls') });
    const email = identity.email === undefined ? undefined : text(identity.email);
    const subject = email === undefined ? text(identity.member) : `serviceAccount:${email}`;
    const watched = gcpWatched(member.toManifest(), (reference) => `\${${reference}}`);
    // The role may come after the monitoring; until then, and where nothing of a workflow is in the log, there is no order to ask for.
    return orderQuery({ watched, email, subject, view }) ?? `SELECT timestamp FROM ${view} WHERE FALSE`;
  }

  private problems(identity: IAgentIdentity, member: FleetMember): string[] {
    const { longest } = facts.sqlAlertShape;
    const { length } = this.query(identity, member);
    return length <= longest
      ? []
      : [`the query for the order of calls of agent '${identity.agent.name}' has ${length} characters, and BigQuery takes ${longest}`];
  }
}
