using Dapr.Client.Autogen.Grpc.v1;
using Grpc.Core;

namespace DaprShop.Sidecar.Grpc;

internal static partial class DaprService
{
    private static void BindJobs(Binder b)
    {
        b.Unary<ScheduleJobRequest, ScheduleJobResponse>("ScheduleJob", ScheduleJob);
        b.Unary<ScheduleJobRequest, ScheduleJobResponse>("ScheduleJobAlpha1", ScheduleJob);
        b.Unary<GetJobRequest, GetJobResponse>("GetJob", GetJob);
        b.Unary<GetJobRequest, GetJobResponse>("GetJobAlpha1", GetJob);
        b.Unary<DeleteJobRequest, DeleteJobResponse>("DeleteJob", DeleteJob);
        b.Unary<DeleteJobRequest, DeleteJobResponse>("DeleteJobAlpha1", DeleteJob);
        b.Unary<ListJobsRequest, ListJobsResponse>("ListJobs", (_, context) =>
            Task.FromResult(new ListJobsResponse { Jobs = { SidecarOf(context).Jobs.List() } }));
        b.Unary<ListJobsRequestAlpha1, ListJobsResponseAlpha1>("ListJobsAlpha1", (_, context) =>
            Task.FromResult(new ListJobsResponseAlpha1 { Jobs = { SidecarOf(context).Jobs.List() } }));
        b.Unary<DeleteJobsByPrefixRequest, DeleteJobsByPrefixResponse>("DeleteJobsByPrefix", async (request, context) =>
        {
            await SidecarOf(context).Jobs.DeleteByPrefixAsync(request.NamePrefix, context.CancellationToken).ConfigureAwait(false);
            return new DeleteJobsByPrefixResponse();
        });
        b.Unary<DeleteJobsByPrefixRequestAlpha1, DeleteJobsByPrefixResponseAlpha1>("DeleteJobsByPrefixAlpha1", async (request, context) =>
        {
            await SidecarOf(context).Jobs.DeleteByPrefixAsync(request.NamePrefix, context.CancellationToken).ConfigureAwait(false);
            return new DeleteJobsByPrefixResponseAlpha1();
        });
    }

    private static async Task<ScheduleJobResponse> ScheduleJob(ScheduleJobRequest request, ServerCallContext context)
    {
        await SidecarOf(context).Jobs.ScheduleAsync(request.Job, request.Overwrite, context.CancellationToken).ConfigureAwait(false);
        return new ScheduleJobResponse();
    }

    private static Task<GetJobResponse> GetJob(GetJobRequest request, ServerCallContext context) =>
        Task.FromResult(new GetJobResponse { Job = SidecarOf(context).Jobs.Get(request.Name) });

    private static async Task<DeleteJobResponse> DeleteJob(DeleteJobRequest request, ServerCallContext context)
    {
        await SidecarOf(context).Jobs.DeleteAsync(request.Name, context.CancellationToken).ConfigureAwait(false);
        return new DeleteJobResponse();
    }
}
