import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';

/** Columns of the tables of Log Analytics that queries use. @see https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables-index */
const TABLES: Readonly<Record<string, string>> = {
  AzureActivity:
    'TimeGenerated: datetime, OperationNameValue: string, ActivityStatusValue: string, ActivitySubstatusValue: string, Caller: string, CallerIpAddress: string, CorrelationId: string, ResourceId: string, _ResourceId: string',
  StorageBlobLogs:
    'TimeGenerated: datetime, OperationName: string, StatusCode: string, StatusText: string, RequesterObjectId: string, AuthorizationDetails: string, ObjectKey: string, Uri: string, CallerIpAddress: string, CorrelationId: string, _ResourceId: string',
  AZKVAuditLogs:
    'TimeGenerated: datetime, OperationName: string, ResultType: string, HttpStatusCode: int, RequestUri: string, Identity: dynamic, CallerIpAddress: string, CorrelationId: string, _ResourceId: string',
  AppTraces: 'TimeGenerated: datetime, Message: string, AppRoleName: string, SeverityLevel: int',
  AppExceptions: 'TimeGenerated: datetime, ExceptionType: string, OuterMessage: string, AppRoleName: string',
  AADServicePrincipalSignInLogs:
    'TimeGenerated: datetime, ServicePrincipalId: string, ServicePrincipalName: string, FederatedCredentialId: string, IPAddress: string',
  AADManagedIdentitySignInLogs:
    'TimeGenerated: datetime, ServicePrincipalId: string, ServicePrincipalName: string, FederatedCredentialId: string, IPAddress: string',
};

/** The language service is compiled for browsers, and wants the global of a plain process. */
const SERVICE = `
const { readFileSync } = require('node:fs');
const { runInThisContext } = require('node:vm');
const { folder, tables, queries } = JSON.parse(readFileSync(0, 'utf8'));
for (const file of ['bridge.min.js', 'Kusto.Language.Bridge.min.js']) runInThisContext(readFileSync(folder + '/' + file, 'utf8'), { filename: file });
const { GlobalState, KustoCode, Symbols } = globalThis.Kusto.Language;
const symbols = Object.entries(tables).map(([name, columns]) => Symbols.TableSymbol.From('(' + columns + ')').WithName(name));
const globals = GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.ctor('logs', symbols));
const problems = queries.map((query) => {
  const found = KustoCode.ParseAndAnalyze(query, globals).GetDiagnostics();
  return Array.from({ length: found.Count }, (_, at) => {
    const { Message, Start } = found.getItem(at);
    return Message + " at '" + query.slice(Start, Start + 40).split('\\n')[0] + "'";
  });
});
process.stdout.write(JSON.stringify(problems));
`;

/** What the language service of Kusto has against each query: it is parsed, and bound to the columns of its tables. Empty where nothing is wrong. */
export function kqlProblems(queries: readonly string[]): readonly (readonly string[])[] {
  const folder = dirname(require.resolve('@kusto/language-service-next'));
  const input = JSON.stringify({ folder: join(folder), tables: TABLES, queries });
  return JSON.parse(execFileSync(process.execPath, ['-e', SERVICE], { input, maxBuffer: 1 << 24 }).toString()) as string[][];
}
