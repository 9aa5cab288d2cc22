/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-syn-judge.h"

namespace ns3
{

bool
TcpSynJudge::Syn::IsFastOpen() const
{
    return option || size > 0;
}

bool
TcpSynJudge::Syn::IsRequest() const
{
    return option && option->cookie.IsEmpty();
}

TcpSynJudge::Verdict
TcpSynJudge::Judge(const Syn& syn, const Server& server)
{
    Verdict verdict;
    if (!server.serving)
    {
        verdict.refusal = Refusal::OFF;
        return verdict;
    }
    if (server.queueFull)
    {
        verdict.refusal = Refusal::QUEUE_FULL;
        return verdict;
    }
    if (!server.cookieNeeded)
    {
        verdict.accepted = true;
        return verdict;
    }
    if (!syn.option)
    {
        verdict.refusal = Refusal::NO_COOKIE;
        return verdict;
    }
    const bool asks = syn.IsRequest();
    const auto match = asks ? TcpFastOpenKeys::NONE
                            : server.keys->Check(syn.option->cookie, syn.client, syn.server);
    verdict.accepted = match != TcpFastOpenKeys::NONE;
    verdict.byBackup = match == TcpFastOpenKeys::BACKUP;
    if (!verdict.accepted && (!asks || syn.size > 0))
    {
        verdict.refusal = asks ? Refusal::NO_COOKIE : Refusal::BAD_COOKIE;
    }
    if (match != TcpFastOpenKeys::PRIMARY)
    {
        verdict.grant = TcpHandshakeOffer::FastOpen{server.keys->Make(syn.client, syn.server),
                                                    syn.option->experimental};
    }
    return verdict;
}

} // namespace ns3
