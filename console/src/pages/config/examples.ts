// Queries to begin with.
export const EXAMPLES = [
  { name: "exampleTypes", expression: "SELECT resourceType, COUNT(*)\nGROUP BY resourceType\nORDER BY COUNT(*) DESC" },
  { name: "exampleOpen", expression: "SELECT resourceId, resourceName, awsRegion\nWHERE resourceType = 'AWS::EC2::SecurityGroup'\n  AND configuration.ipPermissions.ipRanges = '0.0.0.0/0'" },
  {
    name: "exampleVersioning",
    expression:
      "SELECT resourceId, supplementaryConfiguration.BucketVersioningConfiguration.status\nWHERE resourceType = 'AWS::S3::Bucket'",
  },
  { name: "exampleUsers", expression: "SELECT resourceName, arn, resourceCreationTime\nWHERE resourceType = 'AWS::IAM::User'\nORDER BY resourceCreationTime DESC" },
  { name: "exampleTags", expression: "SELECT resourceType, resourceId, tags\nWHERE tags.tag = 'team=payments'" },
] as const;
