export { readAws } from './input';
export type { AwsEstate, AwsPolicy, AwsPrincipal, AwsResource } from './model';
export { awsWorld, awsWorldOf } from './world';
