import { policySerializer } from 'agentic-iam/testing';
import { SiteDeployerStack as OnAws } from '../../examples/github-deployer/aws';
import { SiteDeployerStack as OnAzure } from '../../examples/github-deployer/azure';
import { SiteDeployerStack as OnGcp } from '../../examples/github-deployer/gcp';
import { documentsOf, resourcesOf } from '../setup/policies';

expect.addSnapshotSerializer(policySerializer);

describe('on AWS', () => {
  const { trust, inline, managed } = documentsOf((app) => new OnAws(app, 'site-deployer'));

  test('only the one environment of the one repository may become the deployer', () => {
    expect(trust).toMatchInlineSnapshot(`
{
  "prod--site-deployer": allow sts:AssumeRoleWithWebIdentity by Federated \${GitHub38B7EEC4} if StringEquals token.actions.githubusercontent.com:aud = sts.amazonaws.com and StringEquals token.actions.githubusercontent.com:sub = repo:example-org@9000001/site@700000001:environment:production,
}
`);
  });
  test('it may list and overwrite the site', () => {
    expect(inline).toMatchInlineSnapshot(`
{
  "DeployerRolePolicy949F4FF6": allow s3:ListBucket on \${SiteE53D7754.Arn} if StringEquals aws:ResourceAccount = \${AWS::AccountId}
allow s3:PutObject on \${SiteE53D7754.Arn}/* if StringEquals aws:ResourceAccount = \${AWS::AccountId},
}
`);
  });
  test('its boundary admits that and denies all else', () => {
    expect(managed).toMatchInlineSnapshot(`
{
  "prod--site-deployer-boundary": allow s3:ListBucket on \${SiteE53D7754.Arn} if StringEquals aws:ResourceAccount = \${AWS::AccountId}
allow s3:PutObject on \${SiteE53D7754.Arn}/* if StringEquals aws:ResourceAccount = \${AWS::AccountId}
deny * on * if StringNotEquals aws:RequestedRegion = \${AWS::Region}
deny account:*, iam:*, organizations:* on *
deny all but s3:ListBucket, s3:PutObject on *,
}
`);
  });
});

describe('on Azure', () => {
  const resources = resourcesOf((app) => new OnAzure(app, 'site-deployer-azure'));

  test('its application trusts exactly that subject', () => {
    expect(resources('azuread_application_federated_identity_credential', 'issuer', 'subject', 'audiences')).toMatchInlineSnapshot(`
[
  {
    "audiences": [
      "api://AzureADTokenExchange",
    ],
    "issuer": "https://token.actions.githubusercontent.com",
    "subject": "repo:example-org@9000001/site@700000001:environment:production",
  },
]
`);
  });
  test('it may list and overwrite the site', () => {
    expect(resources('azurerm_role_definition', 'name', 'permissions')).toMatchInlineSnapshot(`
[
  {
    "name": "agentic-iam prod 5slufismew \${substr(sha256(data.azurerm_subscription.AgenticIamRoles_Subscription_D6195424.id), 0, 10)}",
    "permissions": [
      {
        "actions": [],
        "data_actions": [
          "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
          "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write",
        ],
        "not_actions": [],
        "not_data_actions": [],
      },
    ],
  },
]
`);
    expect(resources('azurerm_role_assignment', 'scope', 'principal_id', 'condition')).toMatchInlineSnapshot(`
[
  {
    "condition": "((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'} AND NOT SubOperationMatches{'Blob.List'})) OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals '-'))",
    "principal_id": "\${azuread_service_principal.prod__site_deployer.object_id}",
    "scope": "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/web/providers/Microsoft.Storage/storageAccounts/examplesite/blobServices/default/containers/site",
  },
]
`);
  });
});

describe('on GCP', () => {
  const resources = resourcesOf((app) => new OnGcp(app, 'site-deployer-gcp'));

  test('its provider admits exactly that subject', () => {
    expect(
      resources('google_iam_workload_identity_pool_provider', 'attribute_condition', 'attribute_mapping', 'oidc'),
    ).toMatchInlineSnapshot(`
[
  {
    "attribute_condition": "assertion.repository == 'example-org/site' && assertion.repository_owner_id == '9000001' && assertion.repository_id == '700000001' && assertion.sub == 'repo:example-org@9000001/site@700000001:environment:production'",
    "attribute_mapping": {
      "google.subject": "assertion.sub",
    },
    "oidc": {
      "issuer_uri": "https://token.actions.githubusercontent.com",
    },
  },
]
`);
  });
  test('it may list and overwrite the site, without a service account', () => {
    expect(resources('google_project_iam_custom_role', 'role_id', 'permissions')).toMatchInlineSnapshot(`
[
  {
    "permissions": [
      "storage.objects.create",
      "storage.objects.delete",
      "storage.objects.list",
    ],
    "role_id": "agentic_iam.prod.zturyx4qjd",
  },
]
`);
    expect(resources('google_storage_bucket_iam_member', 'bucket', 'role', 'member')).toMatchInlineSnapshot(`
[
  {
    "bucket": "\${google_storage_bucket.Site.name}",
    "member": "principal://iam.googleapis.com/\${google_iam_workload_identity_pool.AgenticIamPool-prod_Pool_27F38199.name}/subject/repo:example-org@9000001/site@700000001:environment:production",
    "role": "\${google_project_iam_custom_role.AgenticIamRoles_agentic_iamprodzturyx4qjd_3378E25E.name}",
  },
]
`);
    expect(resources('google_service_account', 'account_id')).toEqual([]);
  });
});
