import aws from './aws/posture/evidence.json';
import azure from './azure/posture/evidence.json';
import gcp from './gcp/posture/evidence.json';

interface Texts {
  readonly shown: string;
  readonly code: string;
}

const CLOUDS: Readonly<Record<string, Readonly<Record<string, Texts>>>> = { aws: aws.controls, azure: azure.controls, gcp: gcp.controls };

/** What shows a control on a cloud, and the code that would satisfy it. */
export function controlTexts(cloud: string, control: string): Texts | undefined {
  return CLOUDS[cloud]?.[control];
}
