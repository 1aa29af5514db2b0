import type { IConstruct } from 'constructs';
import type { Acknowledgement } from '../core/review/acknowledgements';

const RECORD = 'agentic-iam:acknowledged';

/** Writes down on a construct that a finding about agents below it is accepted. cdktf has no such record of its own. */
export function recordAcknowledgement(scope: IConstruct, id: string, reason: string): void {
  scope.node.addMetadata(RECORD, { id, reason });
}

/** What was acknowledged anywhere below a root. */
export function acknowledgements(root: IConstruct): readonly Acknowledgement[] {
  return root.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === RECORD)
      .map(({ data }) => {
        const { id, reason } = data as Pick<Acknowledgement, 'id' | 'reason'>;
        return { id, reason, construct: node.path };
      }),
  );
}
