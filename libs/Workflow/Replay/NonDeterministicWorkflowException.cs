namespace Dapr.Workflow;

/// <summary>The workflow's code does not do what its history says it did; its name is the failure's type.</summary>
internal sealed class NonDeterministicWorkflowException(string message) : Exception(message);
