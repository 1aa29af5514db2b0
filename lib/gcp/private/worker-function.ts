import { Construct } from 'constructs';
import { type Cloudfunctions2Function, CloudSchedulerJob, ServiceAccount } from '../../terraform/google';
import { admit, makeFunction } from './function-of-handler';
import { fleetName, workerAccountId } from './monitoring/names';

export interface WorkerFunctionProps {
  readonly fleet: string;
  readonly project: string;
  readonly region: string;
  /** Folder of the handler. */
  readonly handler: 'detector' | 'containment' | 'governor';
  /** Bucket that the code lies in. */
  readonly bucket: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly maxInstances: number;
  /** Whether people reach it from outside of the project's network. @default false */
  readonly fromOutside?: boolean;
}

/** A function of the library: its account, its code, its service, and one call a minute. Whoever is to call it otherwise is let in by name. */
export class WorkerFunction extends Construct {
  readonly account: ServiceAccount;
  /** Whom Pub/Sub and the scheduler call as. */
  readonly caller: ServiceAccount;
  readonly service: Cloudfunctions2Function;
  private readonly props: WorkerFunctionProps;

  constructor(scope: Construct, id: string, props: WorkerFunctionProps) {
    super(scope, id);
    this.props = props;
    const { fleet, project, region, handler } = props;
    this.account = new ServiceAccount(this, 'Account', {
      accountId: workerAccountId(fleet, handler),
      displayName: `agentic-iam ${handler} of fleet ${fleet}`,
      project,
    });
    this.caller = new ServiceAccount(this, 'Caller', {
      accountId: workerAccountId(fleet, `${handler}-call`),
      displayName: `calls the ${handler} of fleet ${fleet}`,
      project,
    });
    this.service = makeFunction(this, {
      ...props,
      name: fleetName(fleet, handler),
      description: `agentic-iam ${handler} of fleet ${fleet}`,
      email: this.account.email,
      availableMemory: '512M',
    });
    this.admit('Caller', this.caller.member);
    new CloudSchedulerJob(this, 'EveryMinute', {
      name: fleetName(fleet, `${handler}-minute`),
      description: `Lets the ${handler} of fleet ${fleet} look at what waits`,
      project,
      region,
      schedule: '* * * * *',
      attemptDeadline: '120s',
      httpTarget: {
        httpMethod: 'POST',
        uri: `${this.uri}/sweep`,
        oidcToken: { serviceAccountEmail: this.caller.email, audience: this.uri },
      },
    });
  }

  get uri(): string {
    return this.service.url;
  }

  /** Gives the function a setting that is known only once it is there. */
  setting(name: string, value: string): void {
    this.service.addOverride(`service_config.environment_variables.${name}`, value);
  }

  /** Calls the function at another path again and again. */
  callAgain(id: string, { schedule, path, body }: { readonly schedule: string; readonly path: string; readonly body: object }): void {
    const { fleet, project, region, handler } = this.props;
    new CloudSchedulerJob(this, id, {
      name: fleetName(fleet, `${handler}-${id.toLowerCase()}`),
      project,
      region,
      schedule,
      attemptDeadline: '120s',
      httpTarget: {
        httpMethod: 'POST',
        uri: `${this.uri}${path}`,
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify(body)).toString('base64'),
        oidcToken: { serviceAccountEmail: this.caller.email, audience: this.uri },
      },
    });
  }

  /** Lets a member call the function. */
  admit(id: string, member: string): void {
    admit(this, `Admit${id}`, { ...this.props, service: this.service, member });
  }
}
