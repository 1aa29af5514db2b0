import { alertBody } from '../../../core/alerts/plain-text';
import type { Detection } from '../../../core/detection/types';
import type { GoogleApi } from '../google-api';

/** Characters of a description, well below what a finding takes. */
const LONGEST = 1_000;

/**
 * A detection as a finding of Security Command Center. Its id is that of the behaviour, so that the same behaviour seen again updates the finding.
 * @param source `organizations/N/sources/S`
 * @see https://docs.cloud.google.com/security-command-center/docs/reference/rest/v2/organizations.sources.locations.findings#Finding
 */
export function findingOf(detection: Detection, source: string): { readonly name: string; readonly finding: object } {
  const { agent, fleet, signal, rule, severity, summary, events } = detection;
  const project = events.find(({ account }) => account !== undefined)?.account;
  return {
    name: `${source}/locations/global/findings/${detection.fingerprint}`,
    finding: {
      state: 'ACTIVE',
      category: `AGENT_${signal.toUpperCase().replaceAll('-', '_')}`,
      findingClass: 'THREAT',
      severity: severity.toUpperCase(),
      eventTime: detection.time,
      // Findings are about a resource of the organisation; whose calls these were is in the properties.
      resourceName:
        project === undefined
          ? `//cloudresourcemanager.googleapis.com/${source.split('/sources/')[0]}`
          : `//cloudresourcemanager.googleapis.com/projects/${project}`,
      description: `Agent ${agent} ${summary}.`.slice(0, LONGEST),
      sourceProperties: {
        agent,
        fleet,
        signal,
        rule,
        principal: detection.principal,
        basis: detection.basis,
        broke: detection.broke.slice(0, LONGEST),
        recommended: detection.response,
        occurrence: detection.id,
        whatToDo: (
          alertBody(detection)
            .split('\n')
            .find((line) => line.startsWith('What to do:')) ?? ''
        ).slice(0, LONGEST),
        calls: events
          .map(({ action }) => action)
          .join(', ')
          .slice(0, LONGEST),
      },
    },
  };
}

/** Writes findings, one after the other; one that is there is updated. @see https://docs.cloud.google.com/security-command-center/docs/reference/rest/v2/organizations.sources.locations.findings/patch */
export function findingWriter(api: GoogleApi, source: string): (detections: readonly Detection[]) => Promise<void> {
  return async (detections) => {
    for (const detection of detections) {
      const { name, finding } = findingOf(detection, source);
      await api.service('securitycenter').call('PATCH', `/v2/${name}`, finding);
    }
  };
}
