import express from "express";

const maxLimit = 200;

/** GET /messages and GET /messages/{id}, for the shop's services and, through the gateway, for those who work there. */
export function messagesApi(outbox) {
  const routes = express.Router();
  routes.use("/messages", (request, response, next) =>
    mayRead(request) ? next() : problem(response, 403, "forbidden", "Only for those who work for the shop"));
  routes.get("/messages", (request, response) => {
    const limit = Number(request.query.limit ?? 50);
    if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit) {
      return problem(response, 400, "invalid", "The request is not valid", { errors: { limit: [`is 1 to ${maxLimit}`] } });
    }
    return response.json({ items: outbox.list(request.query.to, limit) });
  });
  routes.get("/messages/:id", (request, response) => {
    const message = outbox.find(request.params.id);
    return message ? response.json(message) : problem(response, 404, "not-found", `There is no message ${request.params.id}`);
  });
  return routes;
}

function mayRead(request) {
  const fromService = !["gateway", undefined].includes(request.get("dapr-caller-app-id"));
  const roles = (request.get("x-user-roles") ?? "").split(",").map((role) => role.trim());
  return fromService || roles.includes("staff");
}

/** RFC 9457. */
function problem(response, status, code, detail, more = {}) {
  return response.status(status).type("application/problem+json").send(JSON.stringify({ type: `urn:daprshop:problem:${code}`, status, detail, ...more }));
}
