using DaprShop.Contracts;
using DaprShop.Identity;
using DaprShop.Identity.Domain;
using DaprShop.Identity.Keys;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Identity;

var builder = WebApplication.CreateSlimBuilder(args);

builder.AddServiceDefaults(AppIds.Identity);
builder.Services.Configure<IdentitySettings>(builder.Configuration.GetSection("Identity"));
builder.Services.Configure<PasswordHasherOptions>(builder.Configuration.GetSection("PasswordHasher"));
builder.Services.AddSingleton<IPasswordHasher<User>, PasswordHasher<User>>();
builder.Services.AddEventingStore(Stores.Identity);
builder.Services.AddSingleton<SecretStore>();

builder.Services.AddSingleton<UserStore>();
builder.Services.AddSingleton<Registration>();
builder.Services.AddSingleton<Verification>();

builder.Services.AddSingleton<SessionStore>();
builder.Services.AddSingleton<LockOut>();
builder.Services.AddSingleton<SignIn>();

builder.Services.AddSingleton<KeyVault>();
builder.Services.AddSingleton<SigningKeys>();
builder.Services.AddSingleton<AccessTokens>();
builder.Services.AddSeed(SeededUsers.SeedAsync);

var app = builder.Build();

app.MapServiceDefaults();
app.MapUsers();
app.MapSessions();
app.MapKeys();

app.Run();
