import { VaultProvider } from '@cdktf/provider-vault/lib/provider';
import { AgentSecret, VaultAgent, VaultLogin } from 'agentic-iam/vault';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { PARTNER_KEY, registryClient } from './agents';

/** The partner's key in HashiCorp Vault, which lets in the registry client by its role on AWS. */
export class ClaimsVaultStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new VaultProvider(this, 'Vault', { address: 'https://vault.example.com' });
    const login = VaultLogin.aws({ accountId: '111122223333' });
    const client = new VaultAgent(this, 'RegistryClient', { agent: registryClient, login });
    new AgentSecret(this, 'PartnerKey', { agents: [client], path: PARTNER_KEY });
  }
}
