/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "scenario.h"

namespace ns3
{

Scenario::Attributes
Scenario::LinuxTcp()
{
    return {
        // MSS 1460; 12 bytes of each segment are the timestamps'
        {"ns3::TcpSocket::SegmentSize", "1460"},
        {"ns3::TcpFastOpenSocket::Mss", "1460"},
        {"ns3::TcpSocket::InitialCwnd", "10"}, // RFC 6928
        {"ns3::TcpSocket::ConnTimeout", "1s"}, // TCP_TIMEOUT_INIT
        {"ns3::TcpSocket::ConnCount", "7"},    // tcp_syn_retries 6, and the first
        {"ns3::TcpSocket::DataRetries", "15"}, // tcp_retries2
        {"ns3::TcpSocket::DelAckTimeout", "40ms"},
        {"ns3::TcpSocket::DelAckCount", "2"},
        {"ns3::TcpLinuxSocket::QuickAcks", "16"},             // TCP_MAX_QUICKACKS
        {"ns3::TcpRecoverySocket::Recovery", "true"},         // tcp_recovery, tcp_early_retrans
        {"ns3::TcpRecoverySocket::FRto", "true"},             // tcp_frto
        {"ns3::TcpLongLivedSocket::AnswerInterval", "500ms"}, // tcp_invalid_ratelimit
        {"ns3::TcpLongLivedSocket::StallProbes", "true"},     // tcp_probe0_base
        {"ns3::TcpLongLivedSocket::WindowUpdates", "true"},   // tcp_cleanup_rbuf
        {"ns3::TcpLongLivedSocket::OrphanRetries", "8"},      // tcp_orphan_retries
        {"ns3::TcpLongLivedSocket::FinWait2Timeout", "60s"},  // tcp_fin_timeout
        {"ns3::TcpSocketBase::MaxSegLifetime", "30"},         // half of TCP_TIMEWAIT_LEN
        {"ns3::TcpFastOpenSocket::ReduceInitialCwnd", "true"},
        {"ns3::TcpRecoverySocket::IdleRestart", "true"},        // tcp_slow_start_after_idle
        {"ns3::TcpTimerWheel::Jiffy", "4ms"},                   // HZ 250
        {"ns3::TcpFastOpenSocket::SynLinearTimeouts", "4"},     // tcp_syn_linear_timeouts
        {"ns3::TcpFastOpenSocket::SynAckRetries", "5"},         // tcp_synack_retries
        {"ns3::TcpFastOpenSocket::SynAnswerInterval", "500ms"}, // tcp_invalid_ratelimit
        {"ns3::TcpSocket::SndBufSize", "4194304"},
        {"ns3::TcpSocket::RcvBufSize", "4194304"},
        {"ns3::TcpSocketBase::MinRto", "200ms"},
        {"ns3::TcpSocketBase::Sack", "true"},
        {"ns3::TcpSocketBase::Timestamp", "true"},
        {"ns3::TcpSocketBase::WindowScaling", "true"},
        {"ns3::TcpL4Protocol::SocketType", "ns3::TcpLinuxCubic"},
        // Recovery has its own; this one is for connections without SACK
        {"ns3::TcpL4Protocol::RecoveryType", "ns3::TcpClassicRecovery"},
        {"ns3::TcpL4Protocol::RttEstimatorType", "ns3::RttLinux"},
    };
}

std::vector<std::string>
Scenario::GetModes()
{
    return {"3whs", "tfo"};
}

} // namespace ns3
