// The routes of SNS.
import { route } from "@/router";
import { SubscriptionPage } from "./Subscription";
import { SubscriptionsPage } from "./Subscriptions";
import { TopicPage } from "./Topic";
import { TopicsPage } from "./Topics";

export default [
  route("/", TopicsPage),
  route("/topics/:arn", TopicPage),
  route("/subscriptions", SubscriptionsPage),
  route("/subscriptions/:arn", SubscriptionPage),
];
