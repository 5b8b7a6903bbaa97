using DaprShop.Contracts;
using DaprShop.Payments;
using DaprShop.Payments.Cards;
using DaprShop.ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);

builder.AddServiceDefaults(AppIds.Payments);
builder.Services.AddEventingStore(Stores.Payments);
builder.Services.AddCardProvider(builder.Configuration);
builder.Services.AddServiceClient(AppIds.Accounts);
builder.Services.AddSingleton<IPaymentMeans, StoreCredit>();
builder.Services.AddSingleton<PaymentProcess>();

var app = builder.Build();

app.MapServiceDefaults();
app.MapPayments();

app.Run();
