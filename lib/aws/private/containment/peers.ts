import { Lazy, Stack } from 'aws-cdk-lib';
import { type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget, type LambdaFunctionProps } from 'aws-cdk-lib/aws-events-targets';
import { FederatedPrincipal, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { checkConnectedOnce } from '../../../core/containment/peer';
import { identityName } from '../../../core/names';
import facts from '../../../peers/facts.json';
import type { PeerAddress } from '../../../peers/types';
import type { PeerTrust } from '../../peer-responder';
import { serviceRole } from '../service-role';
import type { Statement } from '../statement';
import { FEDERATION, OUTBOUND } from '../trust/facts';

const NAME_LIMIT = 64;
const DETAIL_TYPE = 'Agent Containment';

export interface PeersProps {
  readonly fleet: string;
  /** Path of the responder's own roles. */
  readonly path: string;
  readonly bus: IEventBus;
  readonly delivery: LambdaFunctionProps;
  readonly responder: () => IFunction;
}

/** The responders of other clouds: the role by which they put containments on the bus, and where they are told. */
export class Peers extends Construct {
  /** ARN of the listener, whether it is there yet or not. */
  readonly listenerArn: string;
  private readonly addresses: PeerAddress[] = [];
  private readonly listenerName: string;
  private listener?: Role;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: PeersProps,
  ) {
    super(scope, id);
    const { fleet, path } = props;
    this.listenerName = identityName(fleet, 'listener', NAME_LIMIT);
    const resourceName = `${path.slice(1)}${this.listenerName}`;
    this.listenerArn = Stack.of(this).formatArn({ service: 'iam', region: '', resource: 'role', resourceName });
  }

  /** The setting of the function. */
  get setting(): string {
    return Lazy.string({ produce: () => JSON.stringify(this.addresses) });
  }

  /** What the responder may do to show other clouds who it is: tokens for their audiences alone. */
  get statements(): readonly Statement[] {
    if (this.addresses.length === 0) return [];
    const { actions, keys, algorithm } = OUTBOUND;
    const audiences = [...new Set(this.addresses.map(({ audience }) => audience))].sort();
    return [
      {
        Effect: 'Allow',
        Action: [...actions],
        Resource: ['*'],
        Condition: {
          'ForAllValues:StringEquals': { [keys.audience]: audiences },
          Null: { [keys.audience]: 'false' },
          StringEquals: { [keys.algorithm]: algorithm },
        },
      },
    ];
  }

  /** Lets in one subject of one issuer, which may put containments of another cloud on the bus and nothing else. */
  connect({ federated, conditions }: PeerTrust, address: PeerAddress): void {
    const { cloud } = address;
    checkConnectedOnce(cloud, this.addresses);
    this.addresses.push(address);
    const [action = ''] = FEDERATION.oidc.actions;
    const principal = new FederatedPrincipal(federated, { StringEquals: conditions }, action);
    if (!this.listener) this.listener = this.listen(principal);
    else
      this.listener.assumeRolePolicy?.addStatements(
        new PolicyStatement({ principals: [principal], actions: [action], conditions: { StringEquals: conditions } }),
      );
  }

  private listen(principal: FederatedPrincipal): Role {
    const { fleet, path, bus, delivery, responder } = this.props;
    const { value: source } = facts.source;
    new Rule(this, 'Told', {
      eventBus: bus,
      description: 'Containments of agents on other clouds',
      eventPattern: { source: [source], detailType: [DETAIL_TYPE] },
      targets: [new FunctionTarget(responder(), delivery)],
    });
    return serviceRole(this, 'Listener', {
      name: 'listener',
      roleName: this.listenerName,
      fleet,
      path,
      description: `Responders of other clouds tell of containments of fleet ${fleet}`,
      assumedBy: principal,
      statements: () => [
        {
          Effect: 'Allow',
          Action: ['events:PutEvents'],
          Resource: [bus.eventBusArn],
          Condition: { StringEquals: { 'events:source': source, 'events:detail-type': DETAIL_TYPE } },
        },
      ],
    });
  }
}
