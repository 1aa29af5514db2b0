import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { AgentKey } from '../../../core/containment/responder';
import type { RegisteredAgent } from '../../../core/containment/service';

const NAME = /^[a-z][a-z0-9-]{0,40}$/;

/** Agents as parameters, read anew each time: what is acted upon is what was deployed last. A name that is none is nobody's. */
export function parameterAgents(client: SSMClient): (key: AgentKey) => Promise<RegisteredAgent | undefined> {
  return async ({ fleet, agent }) => {
    if (!NAME.test(fleet) || !NAME.test(agent)) return undefined;
    try {
      const { Parameter } = await client.send(new GetParameterCommand({ Name: `/agentic-iam/${fleet}/contain/${agent}` }));
      const value = JSON.parse(Parameter?.Value ?? '') as RegisteredAgent;
      return value.name === agent && value.fleet === fleet ? value : undefined;
    } catch (error) {
      if ((error as Error).name === 'ParameterNotFound') return undefined;
      throw error;
    }
  };
}
