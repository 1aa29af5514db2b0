import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import type { AlertRoutes } from './targets';
import type { FleetTrail } from './trail';

/** Calls that stop or change what a trail records. */
const CHANGES = ['DeleteTrail', 'PutEventSelectors', 'StopLogging', 'UpdateTrail'];

/** Whoever stops or changes the trail is told of at once, by the event itself: no alarm sees what is no longer recorded. */
export function guardTrail(scope: Construct, trail: FleetTrail, alerts: AlertRoutes): void {
  const field = (path: string): string => EventField.fromPath(`$.detail.${path}`);
  new Rule(scope, 'TrailChanged', {
    description: `The trail ${trail.name} is stopped or changed`,
    eventPattern: {
      source: ['aws.cloudtrail'],
      detailType: ['AWS API Call via CloudTrail'],
      detail: {
        eventName: CHANGES,
        requestParameters: { $or: [{ name: [trail.name, trail.arn] }, { trailName: [trail.name, trail.arn] }] },
      },
    },
    targets: alerts.topics.map(
      (topic) =>
        new SnsTopic(topic, {
          deadLetterQueue: alerts.failures,
          message: RuleTargetInput.fromText(
            `The trail ${trail.name} that records what agents do was changed: ${field('eventName')} by ${field('userIdentity.arn')} at ${field('eventTime')}. Calls may go unseen from now on.`,
          ),
        }),
    ),
  });
}
