import { invalidQueryValue } from '../../core/event-errors';

const CORRELATION_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * One operation and who stands behind it, in KQL of Log Analytics. The caller of an operation is an object id; the sign-in that gave it its token
 * says which federated credential it came by, and so which workload of another cloud, or which coordinator, asked.
 * @see https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/azureactivity
 * @see https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/aadserviceprincipalsigninlogs
 */
export function activityAttribution(correlationId: string): string {
  if (!CORRELATION_ID.test(correlationId)) throw invalidQueryValue('correlationId', correlationId, CORRELATION_ID.source);
  return `AzureActivity
| where CorrelationId == "${correlationId}"
| project TimeGenerated, OperationNameValue, ActivityStatusValue, Caller, CallerIpAddress, ResourceId
| join kind=leftouter (
    union AADServicePrincipalSignInLogs, AADManagedIdentitySignInLogs
    | project SignInTime = TimeGenerated, Caller = ServicePrincipalId, Agent = ServicePrincipalName, FederatedCredentialId, IPAddress
  ) on Caller
| where isnull(SignInTime) or (SignInTime <= TimeGenerated and SignInTime > TimeGenerated - 24h)
| summarize arg_max(SignInTime, *) by TimeGenerated, OperationNameValue`;
}
