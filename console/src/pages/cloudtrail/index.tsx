// The routes of CloudTrail.
import { route } from "@/router";
import { DetectionsPage } from "./Detections";
import { EventPage } from "./Event";
import { EventsPage } from "./Events";
import { LakePage } from "./lake/Lake";
import { TrailPage } from "./trails/Trail";
import { TrailsPage } from "./trails/Trails";

export default [
  route("/", EventsPage),
  route("/events/:id", EventPage),
  route("/detections", DetectionsPage),
  route("/lake", LakePage),
  route("/trails", TrailsPage),
  route("/trails/:arn", TrailPage),
];
