import { LADDER } from '../../governance/ladder';
import { shortHash } from '../../names';
import { fileUri } from '../sarif-uri';
import { plain } from '../text';
import type { Scorecard } from './model';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const HOME = 'https://www.npmjs.com/package/agentic-iam';

/**
 * What is missing, as a SARIF 2.1.0 log: an error up to the level that a fleet is held to, a note above it.
 * @param root absolute path of the folder that URIs are relative to
 */
export function renderScoreSarif({ assessment: { agents }, library, sources }: Scorecard, root?: string): object {
  const missing = agents.flatMap((agent) =>
    agent.results.filter(({ status }) => status === 'missing' || status === 'unsupported').map((result) => ({ agent, result })),
  );
  const used = LADDER.filter(({ id }) => missing.some(({ result }) => result.control === id));
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'agentic-iam governance',
            semanticVersion: library,
            informationUri: HOME,
            rules: used.map(({ id, title, question, why, fix, level, frames }) => ({
              id,
              shortDescription: { text: `${title}.` },
              fullDescription: { text: `${question} ${why[0]?.toUpperCase()}${why.slice(1)}.` },
              help: { text: `${fix[0]?.toUpperCase()}${fix.slice(1)}.` },
              properties: {
                tags: [`level-${level}`, ...Object.entries(frames).flatMap(([frame, refs]) => refs.map((ref) => `${frame}/${ref}`))],
              },
            })),
          },
        },
        invocations: [{ executionSuccessful: true }],
        columnKind: 'utf16CodeUnits',
        results: missing.map(({ agent, result }) => ({
          ruleId: result.control,
          ruleIndex: used.findIndex(({ id }) => id === result.control),
          level: agent.target !== undefined && result.level <= agent.target ? 'error' : 'note',
          message: {
            text: plain(`Agent ${agent.agent} of fleet ${agent.fleet} on ${agent.cloud}: ${result.reason ?? ''}.`).replace(/[[\]\\]/g, ' '),
          },
          partialFingerprints: { 'agenticIamGovernance/v1': shortHash(agent.cloud, agent.fleet, agent.agent, result.control) },
          locations: [
            {
              physicalLocation: {
                artifactLocation: fileUri(result.evidence[0]?.file ?? sources[0] ?? 'agentic-iam.manifest.json', root),
                region: { startLine: 1 },
              },
              logicalLocations: [{ name: plain(agent.agent), fullyQualifiedName: plain(agent.construct), kind: 'declaration' }],
            },
          ],
        })),
      },
    ],
  };
}
