import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import * as gcp from '../../lib/gcp';
import { reader } from '../fixtures/agents';
import { newStack, PROJECT, resourcesOf } from './identity-stack';

const PROPS = { agent: reader(), trust: gcp.AgentTrust.attached(), project: PROJECT };

test('an agent is its identity and its role, and adds nothing', () => {
  const whole = newStack();
  new gcp.Agent(whole, 'Reader', { ...PROPS, resources: { invoices: gcp.AgentResource.bucket({ name: 'books' }) } });
  const parts = newStack();
  const identity = new gcp.AgentIdentity(parts, 'Reader', PROPS);
  new gcp.ScopedAgentRole(parts, 'Role', { identity, resources: { invoices: gcp.AgentResource.bucket({ name: 'books' }) } });
  const blocksOf = (stack: ReturnType<typeof newStack>) =>
    Object.entries(resourcesOf(stack)).map(([type, blocks]) => [type, Object.values(blocks).map(({ member: _member, ...block }) => block)]);
  expect(blocksOf(whole)).toEqual(blocksOf(parts));
});

test('a reader of one bucket, as a template', () => {
  const stack = newStack();
  const books = new StorageBucket(stack, 'Books', { name: 'books', location: 'EU' });
  const agent = new gcp.Agent(stack, 'Reader', { ...PROPS, resources: { invoices: gcp.AgentResource.bucket(books) } });
  expect(agent.role.agent).toBe(PROPS.agent);
  expect(agent.identity.kind).toBe('service-account');
  expect(resourcesOf(stack)).toMatchInlineSnapshot(`
{
  "google_project_iam_custom_role": {
    "AgenticIamRoles_agentic_iammainmzxd63iagb_A801122C": {
      "description": "Made by agentic-iam. Shared by the agents of fleet main that need exactly these permissions.",
      "permissions": [
        "storage.objects.get",
        "storage.objects.list",
      ],
      "role_id": "agentic_iam.main.mzxd63iagb",
      "title": "agentic-iam main: storage.objects.get and 1 more",
    },
  },
  "google_service_account": {
    "main__invoice_reader": {
      "account_id": "main--invoice-reader",
      "description": "answers questions about invoices (owner: finance-platform@example.com)",
      "display_name": "invoice-reader of main",
      "lifecycle": {
        "ignore_changes": [
          "disabled",
        ],
      },
      "project": "finance-prod",
    },
  },
  "google_storage_bucket": {
    "Books": {
      "location": "EU",
      "name": "books",
    },
  },
  "google_storage_bucket_iam_member": {
    "main__invoice_reader__storage_bucket_bcqgw333pa": {
      "bucket": "\${google_storage_bucket.Books.name}",
      "member": "\${google_service_account.main__invoice_reader.member}",
      "role": "\${google_project_iam_custom_role.AgenticIamRoles_agentic_iammainmzxd63iagb_A801122C.name}",
    },
  },
}
`);
});

test('the entry point gives the names that every cloud gives', () => {
  expect(Object.keys(gcp).sort()).toEqual([
    'Agent',
    'AgentContainment',
    'AgentGovernance',
    'AgentIdentity',
    'AgentMonitoring',
    'AgentResource',
    'AgentReview',
    'AgentSecret',
    'AgentTrail',
    'AgentTrust',
    'AgentWork',
    'AlertTarget',
    'PeerResponder',
    'ScopedAgentRole',
    'TaskAccess',
  ]);
});
