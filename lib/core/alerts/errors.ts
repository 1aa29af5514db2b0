import { AgenticIamError } from '../errors';

/** A name that a query would read as more than a name. */
export const unusableAlertName = (name: string): AgenticIamError =>
  new AgenticIamError({
    code: 'unusable-alert-name',
    subject: 'a name in a search',
    rule: "must be of 'a-z', '0-9' and '-'",
    reason: 'a search would read anything else as more than a name',
    value: name,
    fix: 'write the manifest with synth; names of agents and fleets are of that form',
  });
