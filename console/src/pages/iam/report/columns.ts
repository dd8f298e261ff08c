// The columns of the credential report, in AWS's order, with what each is called.
import { texts } from "@/i18n";

/** Those that show who is at risk; the others are shown where a person asks for them. */
export const SHOWN = new Set<string>([
  ...["user", "password_enabled", "password_last_used", "mfa_active"],
  ...["access_key_1_active", "access_key_1_last_rotated", "access_key_1_last_used_date"],
]);

export const columns = texts({
  en: {
    user: "User",
    arn: "ARN",
    user_creation_time: "Created",
    password_enabled: "Password",
    password_last_used: "Password last used",
    password_last_changed: "Password changed",
    password_next_rotation: "Password expires",
    mfa_active: "MFA",
    access_key_1_active: "Key 1",
    access_key_1_last_rotated: "Key 1 made",
    access_key_1_last_used_date: "Key 1 last used",
    access_key_1_last_used_region: "Key 1 last used in",
    access_key_1_last_used_service: "Key 1 last used for",
    access_key_2_active: "Key 2",
    access_key_2_last_rotated: "Key 2 made",
    access_key_2_last_used_date: "Key 2 last used",
    access_key_2_last_used_region: "Key 2 last used in",
    access_key_2_last_used_service: "Key 2 last used for",
    cert_1_active: "Certificate 1",
    cert_1_last_rotated: "Certificate 1 made",
    cert_2_active: "Certificate 2",
    cert_2_last_rotated: "Certificate 2 made",
  },
  zh: {
    user: "用户",
    arn: "ARN",
    user_creation_time: "创建时间",
    password_enabled: "密码",
    password_last_used: "密码上次使用",
    password_last_changed: "密码更改时间",
    password_next_rotation: "密码到期",
    mfa_active: "MFA",
    access_key_1_active: "密钥 1",
    access_key_1_last_rotated: "密钥 1 创建时间",
    access_key_1_last_used_date: "密钥 1 上次使用",
    access_key_1_last_used_region: "密钥 1 上次使用的区域",
    access_key_1_last_used_service: "密钥 1 上次使用的服务",
    access_key_2_active: "密钥 2",
    access_key_2_last_rotated: "密钥 2 创建时间",
    access_key_2_last_used_date: "密钥 2 上次使用",
    access_key_2_last_used_region: "密钥 2 上次使用的区域",
    access_key_2_last_used_service: "密钥 2 上次使用的服务",
    cert_1_active: "证书 1",
    cert_1_last_rotated: "证书 1 创建时间",
    cert_2_active: "证书 2",
    cert_2_last_rotated: "证书 2 创建时间",
  },
});

export const NAMES = Object.keys(columns.en) as (keyof typeof columns.en)[];
