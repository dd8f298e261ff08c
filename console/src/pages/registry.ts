// The one table of pages.
import type { PageEntry } from "./menu";
import { cloudformation } from "./cloudformation/menu";
import { cloudtrail } from "./cloudtrail/menu";
import { cloudwatch } from "./cloudwatch/menu";
import { config } from "./config/menu";
import { iam } from "./iam/menu";
import { inspector } from "./inspector/menu";
import { kms } from "./kms/menu";
import { overview } from "./overview/menu";
import { settings } from "./settings/menu";
import { sns } from "./sns/menu";
import { trustedAdvisor } from "./trustedadvisor/menu";
import { wafv2 } from "./wafv2/menu";

export const PAGES: PageEntry[] = [overview, iam, kms, cloudtrail, cloudwatch, config, inspector, trustedAdvisor, wafv2, sns, cloudformation, settings];
