SwaggerUIBundle({
  dom_id: "#contract",
  url: "docs/openapi.json",
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  // Swagger UI would ask a server on the internet whether the contract is valid.
  validatorUrl: null,
});
