using DaprShop.Contracts;
using DaprShop.Domain;

namespace DaprShop.Orders.Domain;

/// <summary>
/// The order aggregate. Each method is a decision: it checks the rules, moves to the next <see cref="State"/> and raises at most one event;
/// asked again for what is already so, it does nothing. Time and ids are passed in.
/// </summary>
public sealed class Order(OrderState state) : AggregateRoot(state.Id)
{
    public OrderState State { get; private set; } = state;

    public OrderStatus Status => State.Status;

    /// <summary>A new order: Pending and without lines.</summary>
    public static Order Start(string id, string customerId, string currency, DateTimeOffset now) => new(new OrderState(
        id, customerId, OrderStatus.Pending, currency, Lines: [], Discounts: [], Money.Zero(currency), ShippingAddress: null, Payment: null,
        RequiresApproval: false, CancellationReason: null, IsSealed: false, Invoice: null, Returns: [], Cancellation: null, RequestHash: null, now, now));

    /// <summary>Adds units of a product; a product that is there already gets more units at its first price.</summary>
    public void AddLine(string sku, string name, int quantity, Money unitPrice)
    {
        MustBePending("its lines cannot change");
        if (quantity is < 1 or > OrderRules.MaxQuantity)
        {
            throw new DomainException(DomainErrors.Invalid, $"must be 1 to {OrderRules.MaxQuantity}", "quantity");
        }

        if (unitPrice.Currency != State.Currency)
        {
            throw new DomainException(DomainErrors.CurrencyMismatch, $"{sku} is sold in {unitPrice.Currency}, not {State.Currency}", "currency");
        }

        if (State.Lines.FirstOrDefault(line => line.Sku == sku) is { } known)
        {
            var more = known with { Quantity = known.Quantity + quantity };
            WithLines([.. State.Lines.Select(line => line == known ? more : line)], State.Total + known.UnitPrice * quantity);
        }
        else
        {
            WithLines([.. State.Lines, new OrderLine(sku, name, quantity, unitPrice)], State.Total + unitPrice * quantity);
        }
    }

    /// <summary>Removes a product; one that is not there is no error.</summary>
    public void RemoveLine(string sku)
    {
        MustBePending("its lines cannot change");
        IReadOnlyList<OrderLine> left = [.. State.Lines.Where(line => line.Sku != sku)];
        WithLines(left, left.Aggregate(Money.Zero(State.Currency), (sum, line) => sum + line.Total()));
    }

    /// <summary>The customer hands the order in: it has its price, address and payment, and the saga may begin.</summary>
    public void Place(Price price, Address address, PaymentMethod payment, bool requiresApproval, string requestHash, DateTimeOffset now)
    {
        MustBePending("it was placed before");
        if (State.Lines.Count == 0)
        {
            throw new DomainException(DomainErrors.Invalid, "An order needs a line", "lines");
        }

        State = State with
        {
            Total = price.Total,
            Discounts = price.Discounts,
            ShippingAddress = address,
            Payment = payment,
            RequiresApproval = requiresApproval,
            RequestHash = requestHash,
            UpdatedAt = now,
        };
        Raise(new OrderCreated(
            Id, State.CustomerId, [.. State.Lines.Select(line => new OrderLineRequest(line.Sku, line.Quantity))],
            State.Total.ToContract(), address.ToContract(), now));
    }

    /// <summary>
    /// From here on the order will be confirmed and can no longer be cancelled. Refused when the customer asked to cancel: whichever of
    /// the two was saved first wins.
    /// </summary>
    /// <exception cref="DomainException">A cancellation is wanted, or the order is not Pending.</exception>
    public void Seal(DateTimeOffset now)
    {
        if (State.IsSealed)
        {
            return;
        }

        OrderRules.MustBeLegal(Status, OrderStatus.Confirmed);
        if (State.CancellationReason is { } reason)
        {
            throw new DomainException(OrderRules.CancelledByCustomer, reason);
        }

        State = State with { IsSealed = true, UpdatedAt = now };
    }

    /// <summary>The order cannot be confirmed after all: its goods are gone. It can be cancelled again.</summary>
    /// <exception cref="DomainException">It was confirmed.</exception>
    public void Reopen(DateTimeOffset now)
    {
        MustBePending("it cannot be opened again");
        State = State with { IsSealed = false, UpdatedAt = now };
    }

    /// <summary>Confirms the order and issues its invoice.</summary>
    /// <exception cref="DomainException">No line or address, or the order is not sealed.</exception>
    public void Confirm(string invoiceNumber, DateTimeOffset now)
    {
        if (State.Invoice is not null)
        {
            return;
        }

        OrderRules.MustBeLegal(Status, OrderStatus.Confirmed);
        if (!State.IsSealed)
        {
            throw new DomainException(Problems.Conflict, "The order can still be cancelled");
        }

        if (State.Lines.Count == 0 || State.ShippingAddress is null)
        {
            throw new DomainException(DomainErrors.Invalid, "An order needs a line and an address", State.Lines.Count == 0 ? "lines" : "shippingAddress");
        }

        var total = State.Total.ToContract();
        State = State with { Status = OrderStatus.Confirmed, Invoice = new InvoiceResponse(invoiceNumber, total, now), UpdatedAt = now };
        IReadOnlyList<SoldLine> sold = [.. State.Lines.Select(line => new SoldLine(line.Sku, line.Quantity, line.Total().ToContract()))];
        Raise(new OrderConfirmed(Id, State.CustomerId, invoiceNumber, total, now, sold));
    }

    /// <summary>The customer wants out. The saga will see to it; until then the order is Pending and cannot be confirmed any more.</summary>
    /// <exception cref="DomainException">The order is confirmed or about to be (code order-not-cancellable).</exception>
    public void RequestCancellation(string reason, DateTimeOffset now)
    {
        if (State.CancellationReason is not null || Status == OrderStatus.Cancelled)
        {
            return;
        }

        if (Status != OrderStatus.Pending || State.IsSealed)
        {
            throw new DomainException(Problems.OrderNotCancellable, "The order is on its way and cannot be cancelled any more");
        }

        State = State with { CancellationReason = reason, UpdatedAt = now };
        Raise(new OrderCancellationRequested(Id, reason, now));
    }

    /// <summary>Ends the order: it was not fulfilled, and what had been done for it was undone.</summary>
    /// <exception cref="DomainException">The order is confirmed or about to be.</exception>
    public void Cancel(string step, string code, string detail, DateTimeOffset now)
    {
        if (Status == OrderStatus.Cancelled)
        {
            return;
        }

        OrderRules.MustBeLegal(Status, OrderStatus.Cancelled);
        if (State.IsSealed)
        {
            throw new DomainException(Problems.OrderNotCancellable, "The order is about to be confirmed");
        }

        State = State with { Status = OrderStatus.Cancelled, Cancellation = new CancellationResponse(step, code, detail, now), UpdatedAt = now };
        Raise(new OrderCancelled(Id, State.CustomerId, step, code, now));
    }

    /// <summary>Remembers how far the goods are, if they are further than was known. Goods of a cancelled order are none of its business.</summary>
    public void NoteShipment(ShipmentStatus status, string carrier, string trackingNumber, DateTimeOffset now)
    {
        var isDelivered = status == ShipmentStatus.Delivered;
        var isNews = State.Shipment is null || (isDelivered && !State.Shipment.IsDelivered);
        if (status is not (ShipmentStatus.Created or ShipmentStatus.Cancelled) && Status != OrderStatus.Cancelled && isNews)
        {
            State = State with { Shipment = new ShipmentProgress(carrier, trackingNumber, isDelivered), UpdatedAt = now };
        }
    }

    /// <summary>Moves one status towards where the goods are.</summary>
    public void CatchUp(DateTimeOffset now)
    {
        if (!State.CanCatchUp)
        {
            return;
        }

        if (Status == OrderStatus.Confirmed)
        {
            MoveTo(OrderStatus.Shipped, now);
            Raise(new OrderShipped(Id, State.CustomerId, State.Shipment!.Carrier, State.Shipment.TrackingNumber, now));
        }
        else
        {
            MoveTo(OrderStatus.Delivered, now);
            Raise(new OrderDelivered(Id, State.CustomerId, now));
        }
    }

    /// <summary>
    /// Accepts units back and fixes what they are worth. It is recorded before any money or goods move, so that two returns at once
    /// can never exceed what was sold.
    /// </summary>
    /// <exception cref="DomainException">The order is not confirmed (order-not-returnable), or the lines exceed what is left (by field).</exception>
    public OrderReturn AcceptReturn(string returnId, IReadOnlyList<OrderLineRequest> lines, DateTimeOffset now)
    {
        if (State.Returns.FirstOrDefault(known => known.Id == returnId) is { } same)
        {
            return same.Lines.SequenceEqual(lines)
                ? same
                : throw new DomainException(Problems.IdempotencyKeyReused, "This key was used for a return of other lines");
        }

        if (Status is OrderStatus.Pending or OrderStatus.Cancelled)
        {
            throw new DomainException(Problems.OrderNotReturnable, $"The order is {Status}: there is nothing to return");
        }

        var accepted = new OrderReturn(returnId, lines, Refunds.Of(State, lines), now);
        State = State with { Returns = [.. State.Returns, accepted], UpdatedAt = now };
        Raise(new OrderReturnAccepted(Id, returnId, now));
        return accepted;
    }

    /// <summary>Issues the credit note of an accepted return whose money and goods have moved.</summary>
    public void CreditReturn(string returnId, DateTimeOffset now)
    {
        var accepted = State.Returns.FirstOrDefault(known => known.Id == returnId)
            ?? throw new DomainException(Problems.NotFound, $"There is no return {returnId}");
        if (accepted.CreditedAt is not null)
        {
            return;
        }

        State = State with
        {
            Returns = [.. State.Returns.Select(known => known.Id == returnId ? known with { CreditedAt = now } : known)],
            UpdatedAt = now,
        };
        Raise(new OrderReturned(Id, returnId, accepted.Amount.ToContract(), accepted.Lines, now, State.CustomerId));
    }

    private void MoveTo(OrderStatus next, DateTimeOffset now)
    {
        OrderRules.MustBeLegal(Status, next);
        State = State with { Status = next, UpdatedAt = now };
    }

    private void WithLines(IReadOnlyList<OrderLine> lines, Money total) => State = State with { Lines = lines, Total = total };

    private void MustBePending(string otherwise)
    {
        if (Status != OrderStatus.Pending)
        {
            throw new DomainException(Problems.Conflict, $"The order is {Status}: {otherwise}");
        }
    }
}
