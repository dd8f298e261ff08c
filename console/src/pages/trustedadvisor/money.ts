// Amounts of money: US dollars, as AWS's prices are.
import { formatNumber } from "@/i18n";

export function formatDollars(amount: number | undefined): string {
  return amount === undefined ? "—" : formatNumber(amount, { style: "currency", currency: "USD", maximumFractionDigits: amount >= 100 ? 0 : 2 });
}
