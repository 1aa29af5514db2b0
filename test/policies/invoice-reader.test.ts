import { policySerializer } from 'agentic-iam/testing';
import { InvoiceReaderStack as OnAws } from '../../examples/invoice-reader/aws';
import { InvoiceReaderStack as OnAzure } from '../../examples/invoice-reader/azure';
import { InvoiceReaderStack as OnGcp } from '../../examples/invoice-reader/gcp';
import { documentsOf, resourcesOf } from '../setup/policies';

expect.addSnapshotSerializer(policySerializer);

describe('on AWS', () => {
  const { trust, inline, managed } = documentsOf((app) => new OnAws(app, 'invoice-reader'));

  test('only Lambda, for this account, may become the reader', () => {
    expect(trust).toMatchInlineSnapshot(`
{
  "ContainmentResponderRole1189B0C9": allow sts:AssumeRole by Service lambda.amazonaws.com if StringEquals aws:SourceAccount = \${AWS::AccountId},
  "MonitoringAlertsNotifierRoleC7D936C1": allow sts:AssumeRole by Service lambda.amazonaws.com if StringEquals aws:SourceAccount = \${AWS::AccountId},
  "MonitoringDetectorRoleE5EF59F3": allow sts:AssumeRole by Service lambda.amazonaws.com if StringEquals aws:SourceAccount = \${AWS::AccountId},
  "MonitoringRoutesPipeRole744F7B4E": allow sts:AssumeRole by Service pipes.amazonaws.com if StringEquals aws:SourceAccount = \${AWS::AccountId},
  "MonitoringTrailRole4C04D9BA": allow sts:AssumeRole by Service cloudtrail.amazonaws.com if StringEquals aws:SourceArn = arn:\${AWS::Partition}:cloudtrail:\${AWS::Region}:\${AWS::AccountId}:trail/agentic-iam-prod,
  "prod--invoice-reader": allow sts:AssumeRole by Service lambda.amazonaws.com if StringEquals aws:SourceAccount = \${AWS::AccountId},
  "prod--listener": allow sts:AssumeRoleWithWebIdentity by Federated \${EntraAC6E9BFC} if StringEquals sts.windows.net/00000000-0000-0000-0000-000000000001/:aud = api://00000000-0000-0000-0000-000000000002 and StringEquals sts.windows.net/00000000-0000-0000-0000-000000000001/:sub = 00000000-0000-0000-0000-000000000003
allow sts:AssumeRoleWithWebIdentity by Federated accounts.google.com if StringEquals accounts.google.com:oaud = agentic-iam-containment and StringEquals accounts.google.com:sub = 112233445566778899001,
}
`);
  });
  test('it may do exactly what its capabilities name', () => {
    expect(inline).toMatchInlineSnapshot(`
{
  "ContainmentResponderPeersListenerPolicyFA819F91": allow events:PutEvents on \${MonitoringAlertsBus185FB175.Arn} if StringEquals events:detail-type = Agent Containment and StringEquals events:source = agentic-iam.peer,
  "ContainmentResponderRolePolicy21034E02": allow dynamodb:GetItem, dynamodb:PutItem, dynamodb:Query on \${ContainmentResponderRecords09E4ECF1.Arn}
allow dynamodb:Query on \${ContainmentResponderRecords09E4ECF1.Arn}/index/due
allow events:PutEvents on \${MonitoringAlertsBus185FB175.Arn}
allow iam:AttachRolePolicy on arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/agentic-iam/prod/* if ArnLike iam:PolicyARN = arn:\${AWS::Partition}:iam::\${AWS::AccountId}:policy/agentic-iam/prod/prod--*--brake and StringEquals aws:ResourceTag/agentic-iam:fleet = prod
allow iam:CreatePolicyVersion, iam:DeletePolicyVersion, iam:ListPolicyVersions, iam:SetDefaultPolicyVersion on arn:\${AWS::Partition}:iam::\${AWS::AccountId}:policy/agentic-iam/prod/prod--*--brake, arn:\${AWS::Partition}:iam::\${AWS::AccountId}:policy/agentic-iam/prod/prod--chain-*
allow iam:DeleteRolePolicy, iam:PutRolePolicy on arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/agentic-iam/prod/* if StringEquals aws:ResourceTag/agentic-iam:fleet = prod and StringLike iam:PermissionsBoundary = arn:\${AWS::Partition}:iam::\${AWS::AccountId}:policy/agentic-iam/*
allow iam:GetPolicy, iam:GetPolicyVersion on *
allow iam:GetRole, iam:GetRolePolicy, iam:ListAttachedRolePolicies, iam:ListRolePolicies, iam:SimulatePrincipalPolicy on arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/agentic-iam/prod/*
allow iam:UpdateAssumeRolePolicy on arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/agentic-iam/prod/* if StringEquals aws:ResourceTag/agentic-iam:fleet = prod
allow logs:CreateLogStream, logs:PutLogEvents on \${ContainmentResponderLog58311B2B.Arn}
allow s3:PutObject on \${ContainmentResponderEvidenceA5A58350.Arn}/incidents/*
allow sns:Publish on \${OnCall0B2745F4}
allow sqs:SendMessage on \${ContainmentResponderFailures6962958F.Arn}
allow ssm:DeleteParameter, ssm:GetParameter, ssm:PutParameter on arn:\${AWS::Partition}:ssm:\${AWS::Region}:\${AWS::AccountId}:parameter/agentic-iam/prod/tasks/*.stopped
allow ssm:GetParameter on arn:\${AWS::Partition}:ssm:\${AWS::Region}:\${AWS::AccountId}:parameter/agentic-iam/prod/contain/*
allow sts:GetWebIdentityToken on * if ForAllValues:StringEquals sts:IdentityTokenAudience = agentic-iam-containment | api://AzureADTokenExchange and Null sts:IdentityTokenAudience = false and StringEquals sts:SigningAlgorithm = RS256,
  "MonitoringAlertsNotifierRolePolicy8EBA8331": allow logs:CreateLogStream, logs:PutLogEvents on \${MonitoringAlertsNotifierLog50ABD269.Arn}
allow securityhub:BatchImportFindings on arn:\${AWS::Partition}:securityhub:\${AWS::Region}:\${AWS::AccountId}:product/\${AWS::AccountId}/default
allow sqs:SendMessage on \${MonitoringAlertsFailures7870799F.Arn},
  "MonitoringDetectorRolePolicyC3DC28BD": allow dynamodb:BatchGetItem, dynamodb:PutItem on \${MonitoringDetectorStateF158D753.Arn}
allow dynamodb:Query on \${MonitoringDetectorStateF158D753.Arn}/index/due
allow events:PutEvents on \${MonitoringAlertsBus185FB175.Arn}
allow logs:CreateLogStream, logs:PutLogEvents on \${MonitoringDetectorLog924D30BA.Arn}
allow sqs:ChangeMessageVisibility, sqs:DeleteMessage, sqs:GetQueueAttributes, sqs:ReceiveMessage on \${MonitoringRoutesQueue6D7EF261.Arn}
allow ssm:GetParametersByPath on arn:\${AWS::Partition}:ssm:\${AWS::Region}:\${AWS::AccountId}:parameter/agentic-iam/prod/watch,
  "ReaderRolePolicy5EBD86B9": allow bedrock:InvokeModel on arn:\${AWS::Partition}:bedrock:\${AWS::Region}::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0
allow kms:Decrypt on \${InvoicesKeyD1C0D9EA.Arn} if StringEquals kms:ViaService = s3.\${AWS::Region}.amazonaws.com
allow logs:CreateLogStream, logs:PutLogEvents on arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:\${Log95422804}:log-stream:*
allow s3:GetObject on \${InvoicesF0222E8D.Arn}/invoices/* if StringEquals aws:ResourceAccount = \${AWS::AccountId}
allow s3:ListBucket on \${InvoicesF0222E8D.Arn} if StringEquals aws:ResourceAccount = \${AWS::AccountId} and StringLike s3:prefix = invoices/*
allow secretsmanager:GetSecretValue on arn:\${AWS::Partition}:secretsmanager:\${AWS::Region}:\${AWS::AccountId}:secret:erp/token-??????,
}
`);
  });
  test('its boundary admits that and denies all else', () => {
    expect(managed).toMatchInlineSnapshot(`
{
  "ContainmentResponderPeersListenerBoundaryF84D6FAF": allow events:PutEvents on \${MonitoringAlertsBus185FB175.Arn} if StringEquals events:detail-type = Agent Containment and StringEquals events:source = agentic-iam.peer
deny * on * if StringNotEquals aws:RequestedRegion = \${AWS::Region}
deny account:*, iam:*, organizations:* on *
deny all but events:PutEvents on *,
  "ContainmentResponderRoleBoundaryF8BA656A": allow dynamodb:*, events:*, iam:*, logs:*, s3:*, sns:*, sqs:*, ssm:*, sts:* on *
deny all but dynamodb:GetItem, dynamodb:PutItem, dynamodb:Query, events:PutEvents, iam:AttachRolePolicy, iam:CreatePolicyVersion, iam:DeletePolicyVersion, iam:DeleteRolePolicy, iam:GetPolicy, iam:GetPolicyVersion, iam:GetRole, iam:GetRolePolicy, iam:ListAttachedRolePolicies, iam:ListPolicyVersions, iam:ListRolePolicies, iam:PutRolePolicy, iam:SetDefaultPolicyVersion, iam:SimulatePrincipalPolicy, iam:UpdateAssumeRolePolicy, logs:CreateLogStream, logs:PutLogEvents, s3:PutObject, sns:Publish, sqs:SendMessage, ssm:DeleteParameter, ssm:GetParameter, ssm:PutParameter, sts:GetWebIdentityToken on *
deny all but iam:AttachRolePolicy, iam:CreatePolicyVersion, iam:DeletePolicyVersion, iam:DeleteRolePolicy, iam:GetPolicy, iam:GetPolicyVersion, iam:GetRole, iam:GetRolePolicy, iam:ListAttachedRolePolicies, iam:ListPolicyVersions, iam:ListRolePolicies, iam:PutRolePolicy, iam:SetDefaultPolicyVersion, iam:SimulatePrincipalPolicy, iam:UpdateAssumeRolePolicy, sts:GetWebIdentityToken on * if StringNotEquals aws:RequestedRegion = \${AWS::Region},
  "MonitoringAlertsNotifierRoleBoundaryB1AF189F": allow logs:CreateLogStream, logs:PutLogEvents on \${MonitoringAlertsNotifierLog50ABD269.Arn}
allow securityhub:BatchImportFindings on arn:\${AWS::Partition}:securityhub:\${AWS::Region}:\${AWS::AccountId}:product/\${AWS::AccountId}/default
allow sqs:SendMessage on \${MonitoringAlertsFailures7870799F.Arn}
deny * on * if StringNotEquals aws:RequestedRegion = \${AWS::Region}
deny account:*, iam:*, organizations:* on *
deny all but logs:CreateLogStream, logs:PutLogEvents, securityhub:BatchImportFindings, sqs:SendMessage on *,
  "MonitoringDetectorRoleBoundaryF05D0BCC": allow dynamodb:BatchGetItem, dynamodb:PutItem on \${MonitoringDetectorStateF158D753.Arn}
allow dynamodb:Query on \${MonitoringDetectorStateF158D753.Arn}/index/due
allow events:PutEvents on \${MonitoringAlertsBus185FB175.Arn}
allow logs:CreateLogStream, logs:PutLogEvents on \${MonitoringDetectorLog924D30BA.Arn}
allow sqs:ChangeMessageVisibility, sqs:DeleteMessage, sqs:GetQueueAttributes, sqs:ReceiveMessage on \${MonitoringRoutesQueue6D7EF261.Arn}
allow ssm:GetParametersByPath on arn:\${AWS::Partition}:ssm:\${AWS::Region}:\${AWS::AccountId}:parameter/agentic-iam/prod/watch
deny * on * if StringNotEquals aws:RequestedRegion = \${AWS::Region}
deny account:*, iam:*, organizations:* on *
deny all but dynamodb:BatchGetItem, dynamodb:PutItem, dynamodb:Query, events:PutEvents, logs:CreateLogStream, logs:PutLogEvents, sqs:ChangeMessageVisibility, sqs:DeleteMessage, sqs:GetQueueAttributes, sqs:ReceiveMessage, ssm:GetParametersByPath on *,
  "prod--invoice-reader--brake": deny * on * if StringEquals aws:PrincipalArn = -,
  "prod--invoice-reader-boundary": allow bedrock:InvokeModel on arn:\${AWS::Partition}:bedrock:\${AWS::Region}::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0
allow kms:Decrypt on \${InvoicesKeyD1C0D9EA.Arn} if StringEquals kms:ViaService = s3.\${AWS::Region}.amazonaws.com
allow logs:CreateLogStream, logs:PutLogEvents on arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:\${Log95422804}:log-stream:*
allow s3:GetObject on \${InvoicesF0222E8D.Arn}/invoices/* if StringEquals aws:ResourceAccount = \${AWS::AccountId}
allow s3:ListBucket on \${InvoicesF0222E8D.Arn} if StringEquals aws:ResourceAccount = \${AWS::AccountId} and StringLike s3:prefix = invoices/*
allow secretsmanager:GetSecretValue on arn:\${AWS::Partition}:secretsmanager:\${AWS::Region}:\${AWS::AccountId}:secret:erp/token-??????
deny * on * if StringNotEquals aws:RequestedRegion = \${AWS::Region}
deny account:*, iam:*, organizations:* on *
deny all but bedrock:InvokeModel, kms:Decrypt, logs:CreateLogStream, logs:PutLogEvents, s3:GetObject, s3:ListBucket, secretsmanager:GetSecretValue on *,
}
`);
  });
});

describe('on Azure', () => {
  const resources = resourcesOf((app) => new OnAzure(app, 'invoice-reader-azure'));

  test('its roles hold exact operations', () => {
    expect(resources('azurerm_role_definition', 'name', 'permissions')).toMatchInlineSnapshot(`
[
  {
    "name": "agentic-iam prod responder identity j6qvskaj73",
    "permissions": [
      {
        "actions": [
          "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/delete",
          "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/read",
          "Microsoft.ManagedIdentity/userAssignedIdentities/read",
          "Microsoft.Resources/tags/read",
          "Microsoft.Resources/tags/write",
        ],
        "data_actions": [],
        "not_actions": [],
        "not_data_actions": [],
      },
    ],
  },
  {
    "name": "agentic-iam prod responder roles j6qvskaj73",
    "permissions": [
      {
        "actions": [
          "Microsoft.Authorization/roleAssignments/delete",
          "Microsoft.Authorization/roleAssignments/read",
          "Microsoft.Authorization/roleAssignments/write",
        ],
        "data_actions": [],
        "not_actions": [],
        "not_data_actions": [],
      },
    ],
  },
  {
    "name": "agentic-iam prod responder work-xevr3pbzul j6qvskaj73",
    "permissions": [
      {
        "actions": [
          "Microsoft.App/containerApps/read",
          "Microsoft.App/containerApps/start/action",
          "Microsoft.App/containerApps/stop/action",
        ],
        "data_actions": [],
        "not_actions": [],
        "not_data_actions": [],
      },
    ],
  },
  {
    "name": "agentic-iam prod eziacycmn7 \${substr(sha256(data.azurerm_subscription.AgenticIamRoles_Subscription_D6195424.id), 0, 10)}",
    "permissions": [
      {
        "actions": [],
        "data_actions": [
          "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
        ],
        "not_actions": [],
        "not_data_actions": [],
      },
    ],
  },
  {
    "name": "agentic-iam prod gduyexetvk \${substr(sha256(data.azurerm_subscription.AgenticIamRoles_Subscription_D6195424.id), 0, 10)}",
    "permissions": [
      {
        "actions": [],
        "data_actions": [
          "Microsoft.KeyVault/vaults/secrets/getSecret/action",
        ],
        "not_actions": [],
        "not_data_actions": [],
      },
    ],
  },
  {
    "name": "agentic-iam prod p6siaytl7y \${substr(sha256(data.azurerm_subscription.AgenticIamRoles_Subscription_D6195424.id), 0, 10)}",
    "permissions": [
      {
        "actions": [],
        "data_actions": [
          "Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action",
        ],
        "not_actions": [],
        "not_data_actions": [],
      },
    ],
  },
  {
    "name": "agentic-iam prod pymv4lsfyi \${substr(sha256(data.azurerm_subscription.AgenticIamRoles_Subscription_D6195424.id), 0, 10)}",
    "permissions": [
      {
        "actions": [],
        "data_actions": [
          "Microsoft.Insights/Telemetry/Write",
        ],
        "not_actions": [],
        "not_data_actions": [],
      },
    ],
  },
]
`);
  });
  test('they are assigned to its identity on the things themselves', () => {
    expect(resources('azurerm_role_assignment', 'scope', 'principal_id', 'principal_type', 'condition')).toMatchInlineSnapshot(`
[
  {
    "principal_id": "\${azurerm_user_assigned_identity.Containment_Responder_Function_Identity_42DECA13.principal_id}",
    "principal_type": "ServicePrincipal",
    "scope": "\${azurerm_storage_account.Containment_Responder_Function_Storage_8E48D9B2.id}",
  },
  {
    "principal_id": "\${azurerm_user_assigned_identity.Containment_Responder_Function_Identity_42DECA13.principal_id}",
    "principal_type": "ServicePrincipal",
    "scope": "\${azurerm_storage_container.Containment_Responder_Evidence_87656BFC.id}",
  },
  {
    "principal_id": "\${azurerm_user_assigned_identity.Containment_Responder_Function_Identity_42DECA13.principal_id}",
    "principal_type": "ServicePrincipal",
    "scope": "\${azurerm_storage_container.Containment_Responder_Registry_CDDA508A.id}",
  },
  {
    "principal_id": "\${azurerm_user_assigned_identity.Containment_Responder_Function_Identity_42DECA13.principal_id}",
    "principal_type": "ServicePrincipal",
    "scope": "\${azurerm_storage_account.Containment_Responder_Function_Storage_8E48D9B2.id}",
  },
  {
    "principal_id": "\${azurerm_user_assigned_identity.Containment_Responder_Function_Identity_42DECA13.principal_id}",
    "principal_type": "ServicePrincipal",
    "scope": "\${azurerm_storage_account.Containment_Responder_Function_Storage_8E48D9B2.id}",
  },
  {
    "principal_id": "\${azurerm_user_assigned_identity.Containment_Responder_Function_Identity_42DECA13.principal_id}",
    "principal_type": "ServicePrincipal",
    "scope": "\${azurerm_eventgrid_topic.Containment_Responder_Topic_8753B35E.id}",
  },
  {
    "principal_id": "\${azurerm_eventgrid_topic.Containment_Responder_Topic_8753B35E.identity[0].principal_id}",
    "principal_type": "ServicePrincipal",
    "scope": "\${azurerm_storage_account.Containment_Responder_Function_Storage_8E48D9B2.id}",
  },
  {
    "principal_id": "\${azurerm_eventgrid_topic.Monitoring_Detector_Detections_DBEADFA8.identity[0].principal_id}",
    "principal_type": "ServicePrincipal",
    "scope": "\${azurerm_storage_account.Containment_Responder_Function_Storage_8E48D9B2.id}",
  },
  {
    "principal_id": "\${azurerm_user_assigned_identity.Containment_Responder_OtherClouds_Listener_96487CD0.principal_id}",
    "principal_type": "ServicePrincipal",
    "scope": "\${azurerm_eventgrid_topic.Containment_Responder_Topic_8753B35E.id}",
  },
  {
    "principal_id": "\${azurerm_user_assigned_identity.Containment_Responder_Function_Identity_42DECA13.principal_id}",
    "principal_type": "ServicePrincipal",
    "scope": "\${azurerm_user_assigned_identity.prod__invoice_reader.id}",
  },
  {
    "condition": "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:PrincipalId] ForAnyOfAnyValues:GuidEquals {\${azurerm_user_assigned_identity.prod__invoice_reader.principal_id}} AND @Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {\${azurerm_role_definition.prod__eziacycmn7.role_definition_id}, \${azurerm_role_definition.prod__p6siaytl7y.role_definition_id}, \${azurerm_role_definition.prod__gduyexetvk.role_definition_id}, \${azurerm_role_definition.prod__pymv4lsfyi.role_definition_id}})) AND ((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR (@Resource[Microsoft.Authorization/roleAssignments:PrincipalId] ForAnyOfAnyValues:GuidEquals {\${azurerm_user_assigned_identity.prod__invoice_reader.principal_id}}))",
    "principal_id": "\${azurerm_user_assigned_identity.Containment_Responder_Function_Identity_42DECA13.principal_id}",
    "principal_type": "ServicePrincipal",
    "scope": "\${data.azurerm_subscription.Monitoring_Subscription_829B4CDB.id}",
  },
  {
    "principal_id": "\${azurerm_user_assigned_identity.Containment_Responder_Function_Identity_42DECA13.principal_id}",
    "principal_type": "ServicePrincipal",
    "scope": "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/finance/providers/Microsoft.App/containerApps/invoice-reader",
  },
  {
    "principal_id": "\${azurerm_user_assigned_identity.Monitoring_Detector_Function_Identity_56ECBA4B.principal_id}",
    "principal_type": "ServicePrincipal",
    "scope": "\${azurerm_eventhub.Monitoring_Calls_Hub_1DD2B9FF.id}",
  },
  {
    "principal_id": "\${azurerm_user_assigned_identity.Monitoring_Detector_Function_Identity_56ECBA4B.principal_id}",
    "principal_type": "ServicePrincipal",
    "scope": "\${azurerm_storage_account.Monitoring_Detector_Function_Storage_3AD4A65D.id}",
  },
  {
    "principal_id": "\${azurerm_user_assigned_identity.Monitoring_Detector_Function_Identity_56ECBA4B.principal_id}",
    "principal_type": "ServicePrincipal",
    "scope": "\${azurerm_storage_account.Monitoring_Detector_Function_Storage_3AD4A65D.id}",
  },
  {
    "principal_id": "\${azurerm_user_assigned_identity.Monitoring_Detector_Function_Identity_56ECBA4B.principal_id}",
    "principal_type": "ServicePrincipal",
    "scope": "\${azurerm_eventgrid_topic.Monitoring_Detector_Detections_DBEADFA8.id}",
  },
  {
    "principal_id": "\${azurerm_user_assigned_identity.prod__invoice_reader.principal_id}",
    "principal_type": "ServicePrincipal",
    "scope": "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/finance/providers/Microsoft.CognitiveServices/accounts/finance-models",
  },
  {
    "principal_id": "\${azurerm_user_assigned_identity.prod__invoice_reader.principal_id}",
    "principal_type": "ServicePrincipal",
    "scope": "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/finance/providers/Microsoft.KeyVault/vaults/finance-secrets/secrets/erp-token",
  },
  {
    "condition": "((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'} AND NOT SubOperationMatches{'Blob.List'})) OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringStartsWith 'invoices/')) AND ((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'} AND SubOperationMatches{'Blob.List'})) OR (@Request[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:prefix] StringStartsWith 'invoices/'))",
    "principal_id": "\${azurerm_user_assigned_identity.prod__invoice_reader.principal_id}",
    "principal_type": "ServicePrincipal",
    "scope": "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/finance/providers/Microsoft.Storage/storageAccounts/financedata/blobServices/default/containers/invoices",
  },
  {
    "principal_id": "\${azurerm_user_assigned_identity.prod__invoice_reader.principal_id}",
    "principal_type": "ServicePrincipal",
    "scope": "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/finance/providers/Microsoft.Insights/dataCollectionRules/invoice-reader",
  },
]
`);
  });
});

describe('on GCP', () => {
  const resources = resourcesOf((app) => new OnGcp(app, 'invoice-reader-gcp'));

  test('its roles hold exact permissions', () => {
    expect(resources('google_project_iam_custom_role', 'role_id', 'permissions')).toMatchInlineSnapshot(`
[
  {
    "permissions": [
      "aiplatform.endpoints.predict",
      "logging.logEntries.create",
    ],
    "role_id": "agentic_iam.prod.4btmrftc6p",
  },
  {
    "permissions": [
      "storage.objects.get",
      "storage.objects.list",
    ],
    "role_id": "agentic_iam.prod.66riezxl2s",
  },
  {
    "permissions": [
      "run.services.get",
      "run.services.update",
    ],
    "role_id": "agentic_iam.prod.upxx2yh33f",
  },
  {
    "permissions": [
      "iam.serviceAccounts.disable",
      "iam.serviceAccounts.enable",
      "iam.serviceAccounts.get",
      "iam.serviceAccounts.getIamPolicy",
    ],
    "role_id": "agentic_iam.prod.yx22shn34l",
  },
  {
    "permissions": [
      "secretmanager.versions.access",
    ],
    "role_id": "agentic_iam.prod.ztwum4iod6",
  },
]
`);
  });
  test('they are granted to its service account on the things themselves', () => {
    expect([
      ...resources('google_storage_managed_folder_iam_member', 'managed_folder', 'role', 'member'),
      ...resources('google_secret_manager_secret_iam_member', 'secret_id', 'role', 'member'),
      ...resources('google_project_iam_member', 'project', 'role', 'member'),
    ]).toMatchInlineSnapshot(`
[
  {
    "managed_folder": "\${google_storage_managed_folder.Folder.name}",
    "member": "\${google_service_account.prod__invoice_reader.member}",
    "role": "\${google_project_iam_custom_role.AgenticIamRoles_agentic_iamprod66riezxl2s_9F15366E.name}",
  },
  {
    "member": "\${google_service_account.prod__invoice_reader.member}",
    "role": "\${google_project_iam_custom_role.AgenticIamRoles_agentic_iamprodztwum4iod6_9EBABDEF.name}",
    "secret_id": "\${google_secret_manager_secret.ErpToken.secret_id}",
  },
  {
    "member": "\${google_service_account.Containment_Responder_Function_Account_04655848.member}",
    "project": "example-finance",
    "role": "roles/datastore.user",
  },
  {
    "member": "\${google_logging_project_sink.Monitoring_AuditLogs_Keep_ADEF3735.writer_identity}",
    "project": "example-finance",
    "role": "roles/logging.bucketWriter",
  },
  {
    "member": "\${google_service_account.Monitoring_Detector_Function_Account_9790756E.member}",
    "project": "example-finance",
    "role": "roles/datastore.user",
  },
  {
    "member": "\${google_service_account.prod__invoice_reader.member}",
    "project": "example-finance",
    "role": "\${google_project_iam_custom_role.AgenticIamRoles_agentic_iamprod4btmrftc6p_BC42A245.name}",
  },
]
`);
  });
});
