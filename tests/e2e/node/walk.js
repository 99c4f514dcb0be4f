// The walk of tests/profile/ingestion/libraries.py with the Node libraries: node walk.js LIBRARY HOST KEY RUN.
// Prints the errors it met as a JSON list.
import { Analytics } from "@segment/analytics-node";
import RudderAnalytics from "@rudderstack/rudder-sdk-node";

const [library, host, key, run] = process.argv.slice(2);
const errors = [];
const LIBRARIES = {
  segment() {
    const client = new Analytics({ writeKey: key, host, maxRetries: 2 });
    client.on("error", (error) => errors.push(String(error.reason?.message ?? error.code ?? error)));
    return { client, finish: () => client.closeAndFlush() };
  },
  rudder() {
    const client = new RudderAnalytics(key, { dataPlaneUrl: host, maxRetryAttempts: 2, gzip: false });
    return { client, finish: () => client.flush() };
  },
  rudderPacked() {
    const client = new RudderAnalytics(key, { dataPlaneUrl: host, maxRetryAttempts: 2, gzip: true });
    return { client, finish: () => client.flush() };
  },
};

const { client, finish } = LIBRARIES[library]();
const [userId, anonymousId] = [`u-77${run}`, `a-1${run}`];
client.page({ anonymousId, name: "Home" });
client.track({ anonymousId, event: "Product Viewed", properties: { category: "tea" } });
client.identify({ userId, anonymousId, traits: { name: "Li Lei", email: `lei${run}@example.com` } });
client.track({ userId, event: "Product Added", properties: { product_id: "t-1", category: "tea" } });
client.track({
  userId,
  event: "Order Completed",
  properties: { order_id: `A-1${run}`, total: -1 },
  messageId: `wrong${run}`,
});
client.track({ userId, event: "Order Completed", properties: { order_id: `A-2${run}`, total: 59.9, currency: "CNY" } });
client.screen({ userId, name: "Thanks" });
client.group({ userId, groupId: "club", traits: { plan: "gold" } });
await finish().catch((error) => errors.push(String(error)));
console.log(JSON.stringify(errors));
process.exit(0);
