import { invalidResourceId } from '../core/native-errors';
import { Token } from '../terraform/core';

type Kind = 'web-app' | 'container-app' | 'virtual-machine';

/** A resource by its id; a generated resource qualifies as it is. */
export interface WorkReference {
  readonly id: string;
}

const KINDS: { readonly [K in Kind]: { readonly type: string; readonly actions: readonly string[] } } = {
  'web-app': {
    type: 'Microsoft.Web/sites',
    actions: ['Microsoft.Web/sites/read', 'Microsoft.Web/sites/start/action', 'Microsoft.Web/sites/stop/action'],
  },
  'container-app': {
    type: 'Microsoft.App/containerApps',
    actions: ['Microsoft.App/containerApps/read', 'Microsoft.App/containerApps/start/action', 'Microsoft.App/containerApps/stop/action'],
  },
  'virtual-machine': {
    type: 'Microsoft.Compute/virtualMachines',
    actions: [
      'Microsoft.Compute/virtualMachines/deallocate/action',
      'Microsoft.Compute/virtualMachines/instanceView/read',
      'Microsoft.Compute/virtualMachines/read',
      'Microsoft.Compute/virtualMachines/start/action',
    ],
  },
};

/** Something that works with an agent's credentials, and is stopped when the agent is quarantined. */
export class AgentWork {
  /** A function app or web app: it is stopped. */
  static webApp(app: WorkReference): AgentWork {
    return new AgentWork('web-app', checked('web-app', app.id));
  }

  /** A container app: it is stopped. */
  static containerApp(app: WorkReference): AgentWork {
    return new AgentWork('container-app', checked('container-app', app.id));
  }

  /** A virtual machine: it is stopped and deallocated. */
  static virtualMachine(machine: WorkReference): AgentWork {
    return new AgentWork('virtual-machine', checked('virtual-machine', machine.id));
  }

  /** What stopping it takes; for the constructs of this library. */
  readonly actions: readonly string[];

  private constructor(
    /** For the constructs of this library. */
    readonly kind: Kind,
    /** Resource id; may be a reference. */
    readonly id: string,
  ) {
    this.actions = KINDS[kind].actions;
  }
}

function checked(kind: Kind, id: string): string {
  const { type } = KINDS[kind];
  if (Token.isUnresolved(id) || new RegExp(`^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/${type}/[^/]+$`, 'i').test(id)) return id;
  throw invalidResourceId(`work of kind '${kind}'`, `/subscriptions/<id>/resourceGroups/<name>/providers/${type}/<name>`, id);
}
