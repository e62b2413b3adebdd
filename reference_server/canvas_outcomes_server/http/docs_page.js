SwaggerUIBundle({
  dom_id: "#contract",
  url: location.search === "?control" ? "_control/openapi.json" : "docs/openapi.json",
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  // By default Swagger UI sends the contract to a validator on the internet.
  validatorUrl: null,
});
