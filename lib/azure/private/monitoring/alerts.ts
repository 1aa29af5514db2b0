import { Construct } from 'constructs';
import { Signal } from '../../../core/enums';
import type { FleetMember } from '../../../core/fleet';
import {
  type MonitorActionGroup,
  MonitorScheduledQueryRulesAlertV2,
  SentinelAlertRuleNrt,
  SentinelAutomationRule,
} from '../../../terraform/azurerm';
import { Lazy } from '../../../terraform/core';
import type { IAgentIdentity, ResourceGroupRef } from '../../agent-identity';
import type { AlertRoute } from '../../alert-target';
import facts from '../../catalog/monitoring.json';
import { actionGroupOf } from '../action-group';
import { nameBasedId } from '../name-based-id';
import { fleetName } from './names';
import { aboveLimit, beyondGrant, kqlText, outOfOrder, subjectOf } from './queries';

const SIGNALS: readonly Signal[] = Object.values(Signal);
/** 0 is the worst. */
const SEVERITY: Readonly<Record<Signal, number>> = {
  [Signal.PRIVILEGE_ESCALATION]: 0,
  [Signal.CROSS_BOUNDARY]: 1,
  [Signal.UNEXPECTED_CALL]: 1,
  [Signal.UNKNOWN_SEQUENCE]: 2,
  [Signal.VELOCITY]: 2,
};

export interface FleetAlertsProps {
  readonly fleet: string;
  readonly group: ResourceGroupRef;
  /** Where calls and the log of the detector are. */
  readonly workspaceId: string;
  readonly notify: readonly AlertRoute[];
  /** Whether rules of Sentinel are made of the queries, too. */
  readonly sentinel: boolean;
  readonly silentAfterSeconds?: number;
}

interface Rule {
  readonly name: string;
  readonly query: string;
  readonly severity: number;
  readonly every?: string;
  readonly window?: string;
}

/** Rules over what the detector writes, and over the logs themselves, compiled from what each agent declared. */
export class FleetAlerts extends Construct {
  readonly actionGroup?: MonitorActionGroup;
  readonly signals: Readonly<Record<Signal, MonitorScheduledQueryRulesAlertV2>>;
  private readonly props: FleetAlertsProps;

  constructor(scope: Construct, id: string, props: FleetAlertsProps) {
    super(scope, id);
    this.props = props;
    const { fleet, silentAfterSeconds } = props;
    const actionGroup = actionGroupOf(this, props.notify, { ...props, task: 'on-call' });
    if (actionGroup) this.actionGroup = actionGroup;
    this.signals = Object.fromEntries(
      SIGNALS.map((signal) => [
        signal,
        this.rule(`Signal-${signal}`, {
          name: signal,
          severity: SEVERITY[signal],
          query: `${said(fleet, 'detection')} and Line.signal == ${kqlText(signal)}\n| project TimeGenerated, Agent = tostring(Line.agent), Rule = tostring(Line.rule), Severity = tostring(Line.severity)`,
        }),
      ]),
    ) as Record<Signal, MonitorScheduledQueryRulesAlertV2>;
    this.rule('Unread', { name: 'unread', severity: 2, query: `${said(fleet, 'batch')} and toint(Line.EventsUnread) > 0` });
    this.rule('Kept', { name: 'kept', severity: 1, query: `${said(fleet, 'kept')}` });
    this.rule('Failures', { name: 'failures', severity: 1, query: 'AppExceptions\n| where AppRoleName startswith "aim"' });
    if (silentAfterSeconds !== undefined) this.silence(silentAfterSeconds);
    if (props.sentinel)
      this.sentinelRule('detections', { name: 'detections', title: `Agents of fleet ${fleet}: a detection`, query: serious(fleet) });
    if (props.sentinel) this.tasks();
  }

  /** Rules of one agent over the logs, without the detector: what is beyond its grant, above its limit, or out of order. */
  addAgent(identity: IAgentIdentity, member: FleetMember): void {
    const { name } = identity.agent;
    const subject = subjectOf(identity, member);
    // The role may come after the monitoring.
    const lazy = (make: () => string | undefined): string => Lazy.stringValue({ produce: () => make() ?? '' });
    const drafts: readonly (readonly [string, number, () => string | undefined])[] = [
      ['beyond-grant', 1, () => beyondGrant(subject)],
      ...(identity.agent.limits.callsPerMinute === undefined ? [] : [['above-limit', 2, () => aboveLimit(subject)] as const]),
      ...(identity.agent.workflows.length > 0 ? [['out-of-order', 2, () => outOfOrder(subject) ?? 'AzureActivity | take 0'] as const] : []),
    ];
    for (const [what, severity, make] of drafts) {
      const rule = { name: `${name}-${what}`, severity, query: lazy(make), every: 'PT5M', window: 'PT30M' };
      this.rule(`Agent-${name}-${what}`, rule);
      if (this.props.sentinel && what === 'beyond-grant')
        this.sentinelRule(name, { ...rule, title: `Agent ${name} of fleet ${this.props.fleet}: a call beyond its grant` });
    }
    this.node.addValidation({
      validate: () =>
        drafts
          .map(([what, , make]) => [what, (make() ?? '').length] as const)
          .filter(([, length]) => length > facts.query.longest)
          .map(
            ([what, length]) =>
              `the query '${what}' of agent '${name}' has ${length} characters, and at most ${facts.query.longest} are made here`,
          ),
    });
  }

  /**
   * What whoever takes an incident is to do, as its tasks; and a label by which all of them are found. Stopping an agent is not one of its actions: containment hears the
   * detection itself, minutes earlier.
   * @see https://learn.microsoft.com/en-us/azure/sentinel/create-tasks-automation-rule
   */
  private tasks(): void {
    const { fleet, workspaceId } = this.props;
    const drafts = [
      ['Look what the agent is', `agentic-iam status --agent NAME --fleet ${fleet}`],
      [
        'Stop it, if it is not stopped',
        `agentic-iam contain --agent NAME --fleet ${fleet} --reason WHY says what would happen; --yes does it`,
      ],
      [
        'Declare what is wanted',
        'A call that is declared nowhere and is right needs a capability; deploying the agent changes what is detected',
      ],
    ] as const;
    new SentinelAutomationRule(this, 'Tasks', {
      name: nameBasedId(workspaceId, fleet, 'tasks'),
      displayName: `Agents of fleet ${fleet}: what to do`,
      logAnalyticsWorkspaceId: workspaceId,
      order: 500,
      triggersOn: 'Incidents',
      triggersWhen: 'Created',
      conditionJson: JSON.stringify([
        {
          conditionType: 'Property',
          conditionProperties: { propertyName: 'IncidentTitle', operator: 'Contains', propertyValues: [`of fleet ${fleet}: a `] },
        },
      ]),
      actionIncident: [{ order: 1, labels: ['agentic-iam', fleet] }],
      actionIncidentTask: drafts.map(([title, description], at) => ({ order: at + 2, title, description })),
    });
  }

  /** Once in a minute, on records as they come in. @see https://learn.microsoft.com/en-us/azure/sentinel/near-real-time-rules */
  private sentinelRule(id: string, { name, title, query }: Pick<Rule, 'name' | 'query'> & { readonly title: string }): void {
    const { fleet, workspaceId } = this.props;
    new SentinelAlertRuleNrt(this, `Sentinel-${id}`, {
      name: fleetName(fleet, name),
      displayName: title,
      logAnalyticsWorkspaceId: workspaceId,
      severity: 'High',
      query,
      eventGrouping: { aggregationMethod: 'SingleAlert' },
      tactics: ['PrivilegeEscalation'],
    });
  }

  private rule(id: string, { name, query, severity, every = 'PT1M', window = 'PT5M' }: Rule): MonitorScheduledQueryRulesAlertV2 {
    const { fleet, group, workspaceId } = this.props;
    return new MonitorScheduledQueryRulesAlertV2(this, id, {
      name: fleetName(fleet, name),
      displayName: `Agents of fleet ${fleet}: ${name}`,
      resourceGroupName: group.name,
      location: group.location,
      scopes: [workspaceId],
      severity,
      evaluationFrequency: every,
      windowDuration: window,
      // Tables come with the first record; until then a query of them would be refused.
      skipQueryValidation: true,
      autoMitigationEnabled: false,
      criteria: [{ query, timeAggregationMethod: 'Count', operator: 'GreaterThan', threshold: 0 }],
      ...(this.actionGroup ? { action: { actionGroups: [this.actionGroup.id] } } : {}),
    });
  }

  private silence(seconds: number): void {
    const minutes = Math.ceil(seconds / 60);
    this.rule('Silence', {
      name: 'silence',
      severity: 2,
      every: 'PT15M',
      window: 'PT1H',
      query: `${said(this.props.fleet, 'batch')} and toint(Line.EventsJudged) > 0\n| summarize Last = max(TimeGenerated)\n| where isnull(Last) or Last < ago(${minutes}m)`,
    });
  }
}

/** Lines of a function's log, as Application Insights keeps them. */
/** Detections that somebody must act upon, as rows of an incident. */
const serious = (fleet: string): string =>
  `${said(fleet, 'detection')} and tostring(Line.severity) in ("high", "critical")\n| project TimeGenerated, Agent = tostring(Line.agent), Signal = tostring(Line.signal), Rule = tostring(Line.rule), Severity = tostring(Line.severity)`;

const said = (fleet: string, message: string): string =>
  `AppTraces\n| extend Line = parse_json(Message)\n| where Line.message == ${kqlText(message)} and Line.fleet == ${kqlText(fleet)}`;
