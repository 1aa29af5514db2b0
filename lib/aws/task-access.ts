import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct, type IConstruct } from 'constructs';
import { emptyField } from '../core/errors';
import { Fleets } from '../core/fleet';
import { GovernanceBook } from '../core/governance/book';
import { checkName } from '../core/names';
import { unregisteredIdentity } from '../core/native-errors';
import type { IAgentIdentity } from './agent-identity';
import { CATALOG } from './catalog';
import { BrokerRole, brokerRoleArn } from './private/broker-role';
import { handlerFolder } from './private/handler-code';
import { TaskRevoker } from './private/task-revoker';
import { TaskTable } from './private/task-table';

/** A broker of task credentials, made here or elsewhere. */
export interface ITaskAccess extends IConstruct {
  /** Fleet whose agents it may take on. */
  readonly fleet: string;
  /** ARN of the broker's role, built from its name: an agent's trust names it. */
  readonly brokerRoleArn: string;
}

export interface TaskAccessProps {
  /** Fleet whose agents it serves, 1-20 of `[a-z0-9-]`. @default main */
  readonly fleet?: string;
  /** How many requests may be served at once; the account must have that much to give away. @default - as many as the account allows */
  readonly reservedConcurrency?: number;
  /** How long the broker's log is kept. @default - one year */
  readonly logRetention?: logs.RetentionDays;
}

/** What an agent offers through the broker, and to whom. */
export interface TaskOffer {
  /** Roles whose sessions may ask: those of the code that runs the tasks. Never an agent's own role, which would hold more than the task gets. */
  readonly callers: readonly iam.IRole[];
  /** Names of the spec's tasks. @default - all of them */
  readonly tasks?: readonly string[];
}

/** A broker that was made in another app or stack. */
export interface TaskAccessAttributes {
  /** Fleet it was made for. */
  readonly fleet: string;
  /** Account it was made in. @default - the account of the stack */
  readonly account?: string;
}

/**
 * Gives out credentials for one task at a time. A caller with a role of its own asks a function URL, signed with IAM, for a task that an agent
 * declares; the broker takes on the agent's role with a session policy that holds exactly that task, a source identity `agent@task`, and
 * the life of the template. What was issued is in a ledger, without the credentials.
 *
 * Make it first, let identities trust it (`AgentTrust.taskBroker`), and then offer their tasks. Each session policy is compiled when the
 * app is synthesised, proven to lie within the agent's own policies whatever a request says, and to fit; see `task-policy-too-large`.
 *
 * Throws for an agent of another fleet, a task that its spec does not declare, and callers that are agents.
 */
export class TaskAccess extends Construct implements ITaskAccess {
  /** A broker that another app or stack made: its name follows from its fleet. */
  static fromTaskAccessAttributes(scope: Construct, id: string, attrs: TaskAccessAttributes): ITaskAccess {
    const fleet = checkName('fleet', attrs.fleet);
    class Import extends Construct implements ITaskAccess {
      readonly fleet = fleet;
      readonly brokerRoleArn = brokerRoleArn(Stack.of(scope), { fleet, account: attrs.account });
    }
    return new Import(scope, id);
  }

  readonly fleet: string;
  readonly brokerRoleArn: string;
  /** Address that requests are sent to. */
  readonly url: string;
  readonly function: lambda.Function;
  /** Everything that was issued. Keys: `pk` is `agent@task`, `sk` is `request#id`. */
  readonly ledger: dynamodb.ITable;
  private readonly role: BrokerRole;
  private readonly tasks: TaskTable;
  private readonly functionUrl: lambda.FunctionUrl;
  private readonly chainDenies = new Set<iam.IManagedPolicy>();
  private readonly logRetention: logs.RetentionDays;
  private revoker: TaskRevoker | undefined;

  constructor(scope: Construct, id: string, props: TaskAccessProps = {}) {
    super(scope, id);
    this.fleet = checkName('fleet', props.fleet ?? 'main');
    // Loaded here: most stacks with agents have no broker.
    const { AttributeType, Billing, TableEncryptionV2, TableV2 } = require('aws-cdk-lib/aws-dynamodb') as typeof dynamodb;
    const {
      Architecture,
      Code,
      Function: LambdaFunction,
      FunctionUrlAuthType,
      LoggingFormat,
      Runtime,
    } = require('aws-cdk-lib/aws-lambda') as typeof lambda;
    const { LogGroup, RetentionDays } = require('aws-cdk-lib/aws-logs') as typeof logs;
    const ledger = new TableV2(this, 'Ledger', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.awsManagedKey(),
      timeToLiveAttribute: 'ttl',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.ledger = ledger;
    GovernanceBook.of(this.node.root).claim(this.node.path, { control: 'tasks-scoped', cloud: CATALOG.cloud, fleet: this.fleet });
    this.logRetention = props.logRetention ?? RetentionDays.ONE_YEAR;
    const logGroup = new LogGroup(this, 'Log', {
      retention: this.logRetention,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.role = new BrokerRole(this, 'Role', { fleet: this.fleet, ledger, logGroup });
    this.brokerRoleArn = this.role.arn;
    this.tasks = new TaskTable(this, this.fleet);
    this.function = new LambdaFunction(this, 'Function', {
      description: `Gives out credentials for tasks of fleet ${this.fleet}`,
      runtime: Runtime.NODEJS_22_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(handlerFolder('task-broker')),
      role: this.role.role,
      memorySize: 512,
      timeout: Duration.seconds(30),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      environment: { TEMPLATES_PATH: this.tasks.path, LEDGER_TABLE: ledger.tableName },
      ...(props.reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: props.reservedConcurrency }),
    });
    this.functionUrl = this.function.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM });
    this.url = this.functionUrl.url;
  }

  /** Lets these callers ask for tasks of an agent, whose trust must name this broker. */
  offer(identity: IAgentIdentity, offer: TaskOffer): void {
    const { agent } = identity;
    const member = Fleets.of(this.node.root).tryFind(CATALOG.cloud, identity.fleet, agent.name);
    if (!member) throw unregisteredIdentity(agent.name, identity.node.path);
    if (offer.callers.length === 0) throw emptyField(`the tasks of agent '${agent.name}'`, 'callers', 'nobody could ask for them');
    this.tasks.add(identity, { member, callers: offer.callers, ...(offer.tasks ? { tasks: offer.tasks } : {}) });
    this.role.mayTakeOn(identity);
    if (identity.chainDeny) {
      this.chainDenies.add(identity.chainDeny);
      this.revoker?.alsoStops(identity.chainDeny);
    }
    for (const caller of offer.callers) this.functionUrl.grantInvokeUrl(caller);
  }

  /**
   * Lets a role end tasks, and gives the address: `POST` of `{"agent": ..., "task": ...}`, signed with IAM. Nothing more is issued for the task,
   * and its live sessions are denied everything. The function runs once at a time; the account must have one reserved execution to give.
   */
  allowRevocation(by: iam.IRole): string {
    if (!this.revoker) {
      this.revoker = new TaskRevoker(this, 'Revoker', { fleet: this.fleet, ledger: this.ledger, logRetention: this.logRetention });
      for (const policy of this.chainDenies) this.revoker.alsoStops(policy);
    }
    this.revoker.allow(by);
    return this.revoker.url;
  }
}
