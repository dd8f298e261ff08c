// What a template's text is written in, and a first one to begin with.

export function languageOf(text: string): "json" | "yaml" {
  return text.trimStart().startsWith("{") ? "json" : "yaml";
}

export const FIRST_TEMPLATE = `AWSTemplateFormatVersion: "2010-09-09"
Description: A topic that alarms publish to
Parameters:
  TopicName:
    Type: String
    Default: security-alarms
Resources:
  Alarms:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: !Ref TopicName
Outputs:
  TopicArn:
    Value: !Ref Alarms
`;
