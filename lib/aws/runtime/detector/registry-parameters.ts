import { GetParametersByPathCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { freshRegistry, type ReadRegistryParts, type RegistryPart } from '../../../core/detection/registry-parts';

/**
 * Agents as parameters below one path.
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html
 */
export function parameterRegistry(client: SSMClient, path: string, now: () => number = Date.now): () => Promise<ReadRegistryParts> {
  return freshRegistry(() => read(client, path), now);
}

async function read(client: SSMClient, path: string): Promise<readonly RegistryPart[]> {
  const parts: RegistryPart[] = [];
  let token: string | undefined;
  do {
    const { Parameters = [], NextToken } = await client.send(
      new GetParametersByPathCommand({ Path: path, Recursive: true, MaxResults: 10, ...(token === undefined ? {} : { NextToken: token }) }),
    );
    for (const { Name = '', Value } of Parameters) parts.push({ name: Name, text: Value });
    token = NextToken;
  } while (token !== undefined);
  return parts;
}
