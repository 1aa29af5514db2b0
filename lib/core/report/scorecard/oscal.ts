import { createHash } from 'node:crypto';
import type { AgentAssessment, ControlResult } from '../../governance/assessment';
import { levelName } from '../../governance/findings';
import { LADDER } from '../../governance/ladder';
import { plain } from '../text';
import { controlTitle, type Scorecard, scoreHeadline } from './model';

const VERSION = '1.2.1';
const NIST = 'nist-800-53';
const NAMESPACE = 'urn:agentic-iam:oscal';

/**
 * The scorecard as OSCAL assessment results: an observation for each control of each agent, with its evidence, and a finding that says whether it is satisfied.
 * The controls that were reviewed are those of NIST SP 800-53 that the ladder maps to.
 * @see https://pages.nist.gov/OSCAL-Reference/models/v1.2.1/assessment-results/json-reference/
 */
export function renderScoreOscal(card: Scorecard): object {
  const { assessment, at, library } = card;
  const pairs = assessment.agents.flatMap((agent) =>
    agent.results.filter(({ status }) => status !== 'not-applicable').map((result) => ({ agent, result })),
  );
  const reviewed = [...new Set(LADDER.flatMap(({ frames }) => frames[NIST] ?? []))].sort();
  return {
    'assessment-results': {
      uuid: uuidOf('results', at, ...assessment.agents.map(({ cloud, fleet, agent }) => `${cloud}/${fleet}/${agent}`)),
      metadata: { title: 'Governance of AI agents', 'last-modified': at, version: library, 'oscal-version': VERSION },
      'import-ap': {
        href: '#plan',
        remarks: 'Assessed by the ladder of agentic-iam, from what was synthesised; there is no separate plan.',
      },
      'local-definitions': {
        activities: LADDER.map(({ id, question }) => ({ uuid: uuidOf('activity', id), title: id, description: question })),
      },
      results: [
        {
          uuid: uuidOf('result', at),
          title: plain(scoreHeadline(assessment)),
          description: 'Each control of the ladder, for each agent, as the synthesised output and the receipts show it.',
          start: at,
          end: at,
          'reviewed-controls': {
            'control-selections': [{ 'include-controls': reviewed.map((control) => ({ 'control-id': control.toLowerCase() })) }],
          },
          ...(pairs.length > 0
            ? {
                observations: pairs.map(({ agent, result }) => observation(agent, result, at)),
                findings: pairs.map(({ agent, result }) => finding(agent, result)),
              }
            : {}),
        },
      ],
    },
  };
}

function observation(agent: AgentAssessment, { control, status, reason, evidence }: ControlResult, at: string): object {
  return {
    uuid: uuidOf('observation', agent.cloud, agent.fleet, agent.agent, control),
    title: `${control} of ${agent.agent}`,
    description: plain(reason ?? controlTitle(control)),
    methods: ['TEST'],
    types: ['control-objective'],
    collected: at,
    props: [
      prop('cloud', agent.cloud),
      prop('fleet', agent.fleet),
      prop('agent', agent.agent),
      prop('level', levelName(LADDER.find(({ id }) => id === control)?.level ?? 0)),
      prop('status', status),
    ],
    ...(evidence.length > 0
      ? {
          'relevant-evidence': evidence.map(({ file, resource, type, shows }) => ({
            href: encodeURI(file),
            description: plain(`${type} ${resource}: ${shows}`),
          })),
        }
      : {}),
  };
}

function finding(agent: AgentAssessment, { control, status, reason }: ControlResult): object {
  const refs = LADDER.find(({ id }) => id === control)?.frames[NIST] ?? [];
  const satisfied = status === 'met' || status === 'excepted';
  return {
    uuid: uuidOf('finding', agent.cloud, agent.fleet, agent.agent, control),
    title: `${controlTitle(control)}: ${agent.agent}`,
    description: plain(reason ?? 'Shown by the evidence of the observation.'),
    ...(refs.length > 0 ? { props: refs.map((ref) => prop('nist-sp-800-53', ref)) } : {}),
    target: {
      type: 'objective-id',
      'target-id': control,
      title: controlTitle(control),
      status: {
        state: satisfied ? 'satisfied' : 'not-satisfied',
        reason: satisfied ? (status === 'excepted' ? 'other' : 'pass') : 'fail',
        ...(reason === undefined ? {} : { remarks: plain(reason) }),
      },
    },
    'related-observations': [{ 'observation-uuid': uuidOf('observation', agent.cloud, agent.fleet, agent.agent, control) }],
  };
}

const prop = (name: string, value: string): object => ({ name, ns: NAMESPACE, value: plain(value) });

/** A UUID of version 5's shape that the same words always give: the same results have the same identifiers. */
function uuidOf(...words: readonly string[]): string {
  const hex = createHash('sha256')
    .update(JSON.stringify([NAMESPACE, ...words]))
    .digest('hex');
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
