import { reviewManagedPolicies } from '../../../tools/bench/managed-policies';

const found = reviewManagedPolicies();

test('no managed policy of reads alone leads on', () => {
  expect(found.reading).toBe(330);
  expect(found.escalating).toEqual([]);
});

test('of those named ReadOnly or ViewOnly, what is more than a read is said with a reason', () => {
  expect(found.named).toBe(251);
  expect(found.beyond.filter(({ reason }) => reason === '')).toEqual([]);
  expect([...new Set(found.beyond.map(({ policy }) => policy))].sort()).toMatchInlineSnapshot(`
[
  "AWSDirectoryServiceDataReadOnlyAccess",
  "AWSIotRoboRunnerReadOnly",
  "AWSMobileHub_ReadOnly",
  "AmazonCognitoReadOnly",
  "AmazonMechanicalTurkCrowdReadOnlyAccess",
  "AmazonRoute53RecoveryControlConfigReadOnlyAccess",
  "AmazonS3ExpressReadOnlyAccess",
  "AmazonTimestreamReadOnlyAccess",
  "AnthropicReadOnlyAccess",
  "ReadOnlyAccess",
  "ServiceCatalogAdminReadOnlyAccess",
]
`);
});
