import { Construct } from 'constructs';
import { Lazy, resolveTokens } from '../../../terraform/core';
import { LoggingProjectSink, PubsubTopic, PubsubTopicIamMember } from '../../../terraform/google';
import type { IAgentIdentity } from '../../agent-identity';
import facts from '../../catalog/monitoring.json';
import { fleetName } from './names';

/**
 * The audit log entries of the fleet's agents, and of whoever takes on one of them, on a topic. Federated principals have no email: they are chosen by their
 * subject.
 * @see https://docs.cloud.google.com/logging/docs/view/logging-query-language
 */
export class CallsSink extends Construct {
  readonly topic: PubsubTopic;
  /** What chooses the calls; asked when the template is written. */
  readonly filter = Lazy.stringValue({ produce: () => this.filterText() });
  private readonly identities: IAgentIdentity[] = [];

  constructor(scope: Construct, id: string, { fleet, project }: { readonly fleet: string; readonly project: string }) {
    super(scope, id);
    this.topic = new PubsubTopic(this, 'Topic', { name: fleetName(fleet, 'calls'), project, messageRetentionDuration: '604800s' });
    const sink = new LoggingProjectSink(this, 'Sink', {
      name: fleetName(fleet, 'calls'),
      description: `Calls of the agents of fleet ${fleet}, for their detector`,
      project,
      destination: `pubsub.googleapis.com/${this.topic.id}`,
      filter: this.filter,
      uniqueWriterIdentity: true,
    });
    new PubsubTopicIamMember(this, 'MayPublish', {
      project,
      topic: this.topic.name,
      role: 'roles/pubsub.publisher',
      member: sink.writerIdentity,
    });
    this.node.addValidation({ validate: () => this.problems() });
  }

  add(identity: IAgentIdentity): void {
    this.identities.push(identity);
  }

  private filterText(): string {
    const emails = this.identities.flatMap(({ email }) => (email === undefined ? [] : [String(resolveTokens(this, email))]));
    const subjects = this.identities.flatMap((one) => (one.email === undefined ? [String(resolveTokens(this, one.member))] : []));
    const any = (field: string, values: readonly string[]): readonly string[] =>
      values.length === 0 ? [] : [`${field}=(${values.map((value) => `"${value}"`).join(' OR ')})`];
    const ways = [
      ...any('protoPayload.authenticationInfo.principalEmail', emails),
      ...any('protoPayload.authenticationInfo.principalSubject', subjects),
      ...any('resource.labels.email_id', emails),
    ];
    return `protoPayload.@type="type.googleapis.com/google.cloud.audit.AuditLog" AND (${ways.join(' OR ') || 'FALSE'})`;
  }

  private problems(): string[] {
    const { length } = this.filterText();
    return length <= facts.filter.longest
      ? []
      : [
          `the filter for ${this.identities.length} agents has ${length} characters, and a sink takes ${facts.filter.longest}; make a second fleet`,
        ];
  }
}
