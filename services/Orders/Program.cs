using Dapr.Workflow;
using DaprShop.Contracts;
using DaprShop.Orders;
using DaprShop.Orders.Discounts;
using DaprShop.Orders.Saga;
using DaprShop.Orders.Saga.Activities;
using DaprShop.ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults(AppIds.Orders);
builder.Services.Configure<OrderOptions>(builder.Configuration.GetSection("Orders"));

builder.Services.AddEventingStore(Stores.Orders);
builder.Services.AddServiceClient(AppIds.Customers);
builder.Services.AddServiceClient(AppIds.Catalog);
builder.Services.AddServiceClient(AppIds.Inventory);
builder.Services.AddServiceClient(AppIds.Payments);
builder.Services.AddServiceClient(AppIds.Shipping);

builder.Services.AddSingleton<OrderStore>();
builder.Services.AddSingleton<OrderIndex>();
builder.Services.AddSingleton<InvoiceNumbers>();
builder.Services.AddSingleton<Fulfilment>();
builder.Services.AddDiscounts();
builder.Services.AddSingleton<OrderSagas>();
builder.Services.AddSingleton<Checkout>();
builder.Services.AddDaprWorkflow(workflows =>
{
    workflows.RegisterWorkflow<OrderWorkflow>();
    workflows.RegisterActivity<ReserveStockActivity>();
    workflows.RegisterActivity<ReleaseStockActivity>();
    workflows.RegisterActivity<ChargePaymentActivity>();
    workflows.RegisterActivity<RefundChargeActivity>();
    workflows.RegisterActivity<CreateShipmentActivity>();
    workflows.RegisterActivity<CancelShipmentActivity>();
    workflows.RegisterActivity<ConfirmOrderActivity>();
    workflows.RegisterActivity<CancelOrderActivity>();

    workflows.RegisterWorkflow<ReturnWorkflow>();
    workflows.RegisterActivity<RefundReturnActivity>();
    workflows.RegisterActivity<RestockReturnActivity>();
    workflows.RegisterActivity<CreditReturnActivity>();
});

var app = builder.Build();
app.MapServiceDefaults();
app.MapOrders();
app.MapTopics();
app.Run();
