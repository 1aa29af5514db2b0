import { Construct } from 'constructs';
import type { AgentSpec } from '../../../core/agent-spec';
import { RawProvider, RawResource } from '../../../terraform/raw';
import type { IAgentIdentity, IdentityBaseProps } from '../../agent-identity';
import { pinAddress } from './address';
import { enrol, type NativeGrant } from './enrol';
import { FACTS } from './facts';
import { planIdentity, writeInTurn } from './plan';
import { entraId } from './subjects';
import { directoryDescription, directoryLabels } from './tags';

/** An application with service principal. */
export interface ApplicationIdentityProps extends IdentityBaseProps {
  /** Object ids of who may change it; name the deploying principal where it may change only what it owns. @default - nobody */
  readonly owners?: readonly string[];
}

const PROVIDER = FACTS.providers.azuread;

/** An application of this tenant alone, its service principal and its federated credentials; never a secret. */
export class ApplicationIdentity extends Construct implements IAgentIdentity {
  readonly agent: AgentSpec;
  readonly fleet: string;
  readonly kind = 'application';
  readonly principalId: string;
  readonly clientId: string;
  readonly recordNativeGrant: (grant: NativeGrant) => void;

  constructor(scope: Construct, id: string, props: ApplicationIdentityProps) {
    super(scope, id);
    const plan = planIdentity(this, this.kind, props);
    this.agent = props.agent;
    this.fleet = plan.fleet;
    const description = directoryDescription(this.agent);
    const owners = props.owners ? { owners: props.owners.map((owner) => entraId(props.agent.name, 'owners', owner)) } : {};

    RawProvider.ensure(this, { name: PROVIDER.name, source: PROVIDER.registry, version: PROVIDER.version });
    const application = new RawResource(this, 'Application', {
      type: 'azuread_application',
      providerName: PROVIDER.name,
      attributes: {
        display_name: plan.name,
        description,
        sign_in_audience: 'AzureADMyOrg',
        prevent_duplicate_names: true,
        tags: directoryLabels(this.agent, this.fleet),
        ...owners,
      },
    });
    pinAddress(application, this.fleet, this.agent.name);
    this.clientId = application.getStringAttribute('client_id');

    const principal = new RawResource(this, 'Principal', {
      type: 'azuread_service_principal',
      providerName: PROVIDER.name,
      attributes: { client_id: this.clientId, description, ...owners },
      // Containment disables the principal; the next apply must not undo that.
      lifecycle: { ignoreChanges: ['account_enabled'] },
    });
    pinAddress(principal, this.fleet, this.agent.name);
    this.principalId = principal.getStringAttribute('object_id');

    writeInTurn<RawResource>(plan.credentials, ({ name, issuer, subject, audience }, dependsOn) => {
      const credential = new RawResource(this, name, {
        type: 'azuread_application_federated_identity_credential',
        providerName: PROVIDER.name,
        attributes: { application_id: application.id, display_name: name, issuer, subject, audiences: [audience] },
        dependsOn,
      });
      pinAddress(credential, this.fleet, this.agent.name, name);
      return credential;
    });
    this.recordNativeGrant = enrol(this, plan);
  }
}
